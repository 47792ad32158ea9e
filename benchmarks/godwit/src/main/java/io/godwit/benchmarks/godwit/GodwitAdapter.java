package io.godwit.benchmarks.godwit;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.time.Duration;

/** Godwit with its defaults: the event loops and handler threads that all clients of a JVM share. */
public final class GodwitAdapter implements Adapter {

    public GodwitAdapter(Endpoint endpoint) {
        if (endpoint.tls()) {
            throw new IllegalArgumentException("no TLS yet");
        }
    }

    @Override
    public Link connect(Endpoint endpoint) {
        MqttClientBuilder builder = MqttClient.builder()
                .server("mqtt://" + endpoint.host() + ":" + endpoint.port())
                .protocol(endpoint.mqtt5() ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1)
                .clientId(endpoint.clientId())
                .keepAlive(Duration.ZERO);
        if (endpoint.option("handlers", "default").equals("loop")) {
            builder.handlersOnEventLoop();
        }
        MqttClient client = builder.build();
        client.connect();
        return new GodwitLink(client);
    }

    @Override
    public void close() {
        // what is shared ends with the JVM
    }
}
