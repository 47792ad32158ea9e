/** Netty and its MQTT codec, without any session: what a client costs whose every feature is left out. */
@NullMarked
package io.godwit.benchmarks.netty;

import org.jspecify.annotations.NullMarked;
