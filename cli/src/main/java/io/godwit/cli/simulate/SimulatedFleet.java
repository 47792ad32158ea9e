package io.godwit.cli.simulate;

import io.godwit.cli.bench.DeviceMeter;
import io.godwit.cli.bench.DeviceRun;
import io.godwit.cli.fleet.CuttableTransport;
import io.godwit.cli.fleet.Template;
import io.godwit.cli.simulate.FleetPlan.Connection;
import io.godwit.cli.simulate.FleetPlan.Publication;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/** The devices of a plan, on a few timer threads. */
public final class SimulatedFleet implements DeviceRun.Devices {

    /** Makes the builder of one device over a transport, with the settings of the command line. */
    @FunctionalInterface
    public interface Builders {
        MqttClientBuilder over(Transport transport);
    }

    // Set once.
    private final FleetPlan plan;
    private final Transport transport;
    private final TransportOptions options;
    private final Builders builders;
    private final List<ScheduledExecutorService> timers = new ArrayList<>();
    private volatile ClientListener connections = new ClientListener() {};

    /** @param options of the command line; a device with a certificate of its own adds it */
    SimulatedFleet(FleetPlan plan, Transport transport, TransportOptions options, Builders builders) {
        this.plan = plan;
        this.transport = transport;
        this.options = options;
        this.builders = builders;
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            timers.add(Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "godwit-simulate");
                thread.setDaemon(true);
                return thread;
            }));
        }
    }

    /** Follows the connections of all devices. */
    void listener(ClientListener listener) {
        connections = listener;
    }

    @Override
    public MqttClient client(int index, DeviceMeter meter) {
        CuttableTransport own = new CuttableTransport(transport);
        SimulatedDevice device = new SimulatedDevice(plan, index, timers.get(index % timers.size()), meter, own);
        MqttClient client = configured(builders.over(own), device)
                .listener(connections)
                .listener(new StartOnce(device))
                .handlersOnEventLoop()
                .build();
        device.use(client);
        return client;
    }

    private MqttClientBuilder configured(MqttClientBuilder builder, SimulatedDevice device) {
        Connection connection = plan.connection();
        builder.clientId(device.fill(connection.clientId())).cleanSession(connection.cleanSession());
        Duration keepAlive = connection.keepAlive();
        if (keepAlive != null) {
            builder.keepAlive(keepAlive);
        }
        Template username = connection.username();
        Template password = connection.password();
        if (username != null) {
            Credentials credentials =
                    Credentials.of(device.fill(username), password == null ? null : device.fill(password));
            builder.credentials(() -> credentials);
        }
        Publication will = connection.will();
        if (will != null) {
            builder.will(Message.of(
                            device.fill(will.topic()),
                            device.fill(will.payload()).getBytes(StandardCharsets.UTF_8))
                    .withQos(will.qos())
                    .withRetain(will.retain()));
        }
        Template certificate = connection.certificate();
        Template key = connection.key();
        if (certificate != null && key != null) {
            Tls own = withCertificate(options.tls(), file(device, certificate), file(device, key));
            builder.transport(options.toBuilder().tls(own).build());
        }
        if (plan.faults().offlineEvery() != null) {
            builder.reconnect(Reconnect.fixed(plan.faults().offlineFor()));
        }
        return builder;
    }

    private static Tls withCertificate(Tls common, Path certificate, Path key) {
        Tls.Builder tls = Tls.builder()
                .certificate(certificate)
                .key(key)
                .engine(common.engine())
                .serverName(common.serverName())
                .hostNameChecked(common.hostNameChecked());
        Tls.Source ca = common.ca();
        Tls.Source trustStore = common.trustStore();
        if (ca != null) {
            try {
                tls.ca(new String(ca.read(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + ca, e);
            }
        }
        if (trustStore != null) {
            String password = common.trustStorePassword();
            tls.trustStore(Path.of(trustStore.toString()), password == null ? "" : password);
        }
        if (!common.versions().isEmpty()) {
            tls.versions(common.versions().toArray(String[]::new));
        }
        if (!common.ciphers().isEmpty()) {
            tls.ciphers(common.ciphers().toArray(String[]::new));
        }
        if (!common.applicationProtocols().isEmpty()) {
            tls.applicationProtocols(common.applicationProtocols().toArray(String[]::new));
        }
        common.pins().forEach(tls::pin);
        if (common.isInsecure()) {
            tls.insecure();
        }
        return tls.build();
    }

    private Path file(SimulatedDevice device, Template template) {
        return plan.folder().resolve(device.fill(template));
    }

    @Override
    public void stop() {
        timers.forEach(ScheduledExecutorService::shutdownNow);
    }

    /** Starts a device when it is connected for the first time. */
    private static final class StartOnce implements ClientListener {
        private final SimulatedDevice device;
        private final AtomicBoolean started = new AtomicBoolean();

        StartOnce(SimulatedDevice device) {
            this.device = device;
        }

        @Override
        public void connected(MqttClient client, ConnectResult result) {
            if (started.compareAndSet(false, true)) {
                device.start();
            }
        }
    }
}
