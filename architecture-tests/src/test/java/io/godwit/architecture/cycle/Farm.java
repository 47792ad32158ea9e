package io.godwit.architecture.cycle;

import java.util.List;

/** Uses a cycle without being part of it. */
record Farm(List<Chicken> chickens, Chicken[] inPens) {}
