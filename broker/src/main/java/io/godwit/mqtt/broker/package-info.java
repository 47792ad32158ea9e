/**
 * An MQTT broker to embed. {@link io.godwit.mqtt.broker.MqttBroker} has sockets, {@link io.godwit.mqtt.broker.LocalBroker}
 * runs on a clock of the caller, and {@link io.godwit.mqtt.broker.BrokerCore} below both is a plain object: packets and
 * time go in, packets come out, and the same calls always give the same answers.
 */
@NullMarked
package io.godwit.mqtt.broker;

import org.jspecify.annotations.NullMarked;
