package io.godwit.interop;

import io.godwit.checks.RealProxy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The clients of one test, all of one version, closed with it; and names that no other test uses. */
final class InteropClients implements AutoCloseable {
    private final RealBroker.Running broker;
    private final RealTransport transport;
    private final @Nullable RealProxy proxy;
    private final ProtocolVersion version;
    private final String own = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
    private final List<MqttClient> clients = new ArrayList<>();
    private int ids;

    InteropClients(
            RealBroker.Running broker, RealTransport transport, @Nullable RealProxy proxy, ProtocolVersion version) {
        this.broker = broker;
        this.transport = transport;
        this.proxy = proxy;
        this.version = version;
    }

    ProtocolVersion version() {
        return version;
    }

    /** The broker's port for this transport. */
    int port() {
        return transport.port(broker);
    }

    /** The options for a port that leads to {@link #port()}. */
    TransportOptions transport(int port) {
        return transport.to(broker, port, proxy);
    }

    String topic(String name) {
        return "godwit/" + own + "/" + name;
    }

    /** A client identifier that fits 3.1 too. */
    String id() {
        return "gw" + own + "-" + ++ids;
    }

    MqttClient build(UnaryOperator<MqttClientBuilder> change) {
        MqttClientBuilder builder = MqttClient.builder()
                .transport(transport(port()))
                .protocol(version)
                .clientId(id())
                .callTimeout(Duration.ofSeconds(15));
        String user = broker.broker().user();
        if (user != null) {
            builder = builder.credentials(user, "any");
        }
        MqttClient client = change.apply(builder).build();
        clients.add(client);
        return client;
    }

    MqttClient connected() {
        MqttClient client = build(builder -> builder);
        client.connect();
        return client;
    }

    void closeAll() {
        clients.forEach(MqttClient::close);
    }

    @Override
    public void close() {
        closeAll();
    }
}
