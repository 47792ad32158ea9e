/** Clients that fight for one client identifier, at a real broker. */
@NullMarked
package io.godwit.simulation.rivals;

import org.jspecify.annotations.NullMarked;
