/** The HiveMQ MQTT client, 3.1.1 and 5. */
@NullMarked
package io.godwit.benchmarks.hivemq;

import org.jspecify.annotations.NullMarked;
