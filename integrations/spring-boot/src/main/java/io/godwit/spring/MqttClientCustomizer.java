package io.godwit.spring;

import io.godwit.mqtt.client.MqttClientBuilder;

/** Changes the builder of each client after its properties were applied: for what no property sets. */
@FunctionalInterface
public interface MqttClientCustomizer {
    /** @param name of the client's properties; {@code default} for the default client */
    void customize(String name, MqttClientBuilder builder);
}
