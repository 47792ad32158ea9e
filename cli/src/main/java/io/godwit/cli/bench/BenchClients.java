package io.godwit.cli.bench;

import io.godwit.cli.fleet.CuttableTransport;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Makes the client of each connection of a run: with its identity, its broker, its address, and a connection that can be cut. */
public final class BenchClients {
    /** After a cut. Not longer for one that is cut again: how soon all come back is what shall be seen. */
    private static final Duration RECONNECT = Duration.ofMillis(20);

    // Set once.
    private final MqttClientBuilder builder;
    private final TransportOptions options;
    private final Transport transport;
    private final List<Map<String, String>> identities;
    private final boolean spread;

    /**
     * @param builder makes each client; used by one thread
     * @param options of the transport, as the builder has them
     * @param transport that the builder uses
     * @param identities a row for each connection: {@code id}, {@code user}, {@code password}; empty: generated
     * @param spread whether the connections are divided among the servers, which otherwise are tried in order
     */
    public BenchClients(
            MqttClientBuilder builder,
            TransportOptions options,
            Transport transport,
            List<Map<String, String>> identities,
            boolean spread) {
        this.builder = builder;
        this.options = options;
        this.transport = transport;
        this.identities = identities;
        this.spread = spread;
    }

    /** The row of a connection; empty: it has none. */
    Map<String, String> identity(int index) {
        return identities.isEmpty() ? Map.of() : identities.get(index);
    }

    /** The builder, for settings of all clients. */
    MqttClientBuilder builder() {
        return builder;
    }

    /** Makes the clients of a plan. */
    Maker of(BenchPlan plan) {
        if (!identities.isEmpty() && identities.size() < plan.connections()) {
            throw new IllegalArgumentException("--identities has " + identities.size() + " rows for "
                    + plan.connections() + " connections: each needs one of its own");
        }
        if (!identities.isEmpty()
                && identities.get(0).containsKey("password")
                && !identities.get(0).containsKey("user")) {
            throw new IllegalArgumentException("--identities has passwords without users: add a column user");
        }
        if (!plan.disturbance().isNone()) {
            builder.reconnect(Reconnect.fixed(RECONNECT));
        }
        return new Maker(plan);
    }

    /** Makes the clients of one run. The running thread, but for {@link #cut}. */
    final class Maker {
        private final BenchPlan plan;
        private final AtomicReferenceArray<@Nullable CuttableTransport> cuttable;

        private Maker(BenchPlan plan) {
            this.plan = plan;
            this.cuttable = new AtomicReferenceArray<>(plan.disturbance().isNone() ? 0 : plan.connections());
        }

        MqttClient client(int index) {
            if (spread || !plan.sources().addresses().isEmpty()) {
                TransportOptions.Builder own = options.toBuilder();
                if (!plan.sources().addresses().isEmpty()) {
                    own.localAddress(plan.sources().of(index));
                }
                if (spread) {
                    own.servers(List.of(
                            options.servers().get(index % options.servers().size())));
                }
                builder.transport(own.build());
            }
            String id = identity(index).get("id");
            String user = identity(index).get("user");
            if (user != null) {
                builder.credentials(user, identity(index).get("password"));
            }
            if (cuttable.length() > 0) {
                CuttableTransport own = new CuttableTransport(transport);
                cuttable.set(index, own);
                TransportAccess.use(builder, own);
            }
            return builder.clientId(id != null ? id : plan.clientIds() + "-" + index)
                    .build();
        }

        /** Cuts the connection. Any thread. */
        void cut(int index) {
            CuttableTransport own = cuttable.get(index);
            if (own != null) {
                own.cut();
            }
        }
    }
}
