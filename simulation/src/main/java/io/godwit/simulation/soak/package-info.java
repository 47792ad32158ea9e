/** {@code ./godwit-sim soak}: one client for a long time, measured. */
@NullMarked
package io.godwit.simulation.soak;

import org.jspecify.annotations.NullMarked;
