package io.godwit.architecture.cycle;

/** Half of a cycle, for {@code ClassCyclesTest}. */
record Chicken(Egg hatchedFrom) {}
