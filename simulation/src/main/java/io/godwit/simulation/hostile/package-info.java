/** {@code ./godwit-sim hostile}: clients whose broker sends packets that are altered, missing, repeated or out of order. */
@NullMarked
package io.godwit.simulation.hostile;

import org.jspecify.annotations.NullMarked;
