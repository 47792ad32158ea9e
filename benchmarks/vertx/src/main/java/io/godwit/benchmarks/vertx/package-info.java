/** The Vert.x MQTT client, 3.1.1. */
@NullMarked
package io.godwit.benchmarks.vertx;

import org.jspecify.annotations.NullMarked;
