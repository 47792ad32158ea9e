/** {@code ./godwit-sim damage}: stores whose files were damaged. */
@NullMarked
package io.godwit.simulation.damage;

import org.jspecify.annotations.NullMarked;
