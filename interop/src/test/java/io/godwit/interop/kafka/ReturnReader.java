package io.godwit.interop.kafka;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;

/** Receives what the sink publishes below {@code back/}, in a session that outlives restarts of the broker. */
final class ReturnReader implements AutoCloseable {
    static final String PREFIX = "back/";

    final NumberLog log = new NumberLog();
    private final MqttClient client;

    ReturnReader(String broker) {
        client = MqttClient.builder()
                .server(broker)
                .protocol(ProtocolVersion.V5)
                .clientId("returned")
                .cleanSession(false)
                .sessionExpiry(Duration.ofHours(1))
                .reconnect(Reconnect.exponential(Duration.ofMillis(100), Duration.ofSeconds(1)))
                .daemon(true)
                .build();
        client.connect();
        client.subscribe(PREFIX + "#", Qos.AT_LEAST_ONCE, message -> log.add(message.text()));
    }

    @Override
    public void close() {
        client.close();
    }
}
