/** Real brokers as processes. */
@NullMarked
package io.godwit.simulation.broker;

import org.jspecify.annotations.NullMarked;
