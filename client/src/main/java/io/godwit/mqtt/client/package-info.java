/**
 * The MQTT client: {@link io.godwit.mqtt.client.MqttClient} and what its methods take and give. Blocking calls first,
 * {@code …Async} beside them.
 */
@NullMarked
package io.godwit.mqtt.client;

import org.jspecify.annotations.NullMarked;
