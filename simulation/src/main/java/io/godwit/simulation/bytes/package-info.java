/** {@code ./godwit-sim bytes}: a broker that gets bytes which no honest client sends. */
@NullMarked
package io.godwit.simulation.bytes;

import org.jspecify.annotations.NullMarked;
