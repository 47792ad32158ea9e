/** The same promises with real processes: a client that is killed again and again, through a real broker and a bad network. */
@NullMarked
package io.godwit.simulation.kill;

import org.jspecify.annotations.NullMarked;
