package io.godwit.benchmarks.godwit;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.store.DiskStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Godwit with its defaults: the event loops and handler threads that all clients of a JVM share. */
public final class GodwitAdapter implements Adapter {

    private final @Nullable Tls tls;

    public GodwitAdapter(Endpoint endpoint) {
        boolean boringSsl = endpoint.option("ssl", "jdk").equals("boringssl");
        // Read once for all connections.
        tls = endpoint.certificate() == null
                ? null
                : Tls.builder()
                        .ca(endpoint.certificate())
                        .engine(boringSsl ? Tls.Engine.BORINGSSL : Tls.Engine.JDK)
                        .build();
    }

    @Override
    public Link connect(Endpoint endpoint) {
        MqttClientBuilder builder = MqttClient.builder()
                .transport(transport(endpoint))
                .protocol(endpoint.mqtt5() ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1)
                .clientId(endpoint.clientId())
                .maximumInFlight(65_535) // the benchmark's window is the limit
                .keepAlive(Duration.ZERO);
        switch (endpoint.option("handlers", "default")) {
            case "loop" -> builder.handlersOnEventLoop();
            case "busy" -> builder.busyPolling();
            default -> {}
        }
        if (endpoint.store() != null) {
            builder.cleanSession(false).store(DiskStore.at(endpoint.store())); // forced to the disk, many at a time
        }
        String observed = endpoint.option("observe", "nobody");
        if (!observed.equals("nobody")) {
            Observers.add(builder, observed);
        }
        MqttClient client = builder.build();
        client.connect();
        return new GodwitLink(client, endpoint.option("publish", "single").equals("batch"));
    }

    private TransportOptions transport(Endpoint endpoint) {
        TransportOptions.Builder options = TransportOptions.builder();
        String where = endpoint.host() + ":" + endpoint.port();
        if (tls == null) {
            return options.servers((endpoint.webSocket() ? "ws://" : "mqtt://") + where)
                    .build();
        }
        return options.servers("mqtts://" + where).tls(tls).build();
    }

    @Override
    public void close() {
        // what is shared ends with the JVM
    }
}
