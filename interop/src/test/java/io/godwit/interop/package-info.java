/** One suite, run against real brokers in three versions of MQTT. */
@NullMarked
package io.godwit.interop;

import org.jspecify.annotations.NullMarked;
