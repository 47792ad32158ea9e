/** Benchmarks of package-private classes. */
@NullMarked
package io.godwit.mqtt.client.transport.netty;

import org.jspecify.annotations.NullMarked;
