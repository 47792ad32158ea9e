package io.godwit.interop.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A Kafka, an MQTT broker that keeps its data, a proxy before it for the connectors, and as many workers as are started. */
final class ConnectCluster implements AutoCloseable {
    static final int PARTITIONS = 4;
    /** The topic of Kafka that the numbers are in. */
    static final String TOPIC = "numbers";

    /** The workers' release: that of Kafka. */
    static final String SAME_RELEASE = "kafka";

    /** For workers that are started often: they start sooner. */
    static final String START_FAST = "-XX:TieredStopAtLevel=1";

    // Set once.
    private final Path folder;
    private final Path plugins;
    private final String release;
    private final String workerOptions;
    final ServerScript kafka;
    final ServerScript mqtt;
    final FaultProxy proxy;
    final ConnectRest rest;
    private final Map<String, ServerScript> workers = new HashMap<>();

    // Any thread.
    private final List<String> urls = new CopyOnWriteArrayList<>();

    /**
     * Starts Kafka and the MQTT broker.
     *
     * @param settings further lines of mosquitto.conf
     * @param plugins a folder for the workers' {@code plugin.path}
     * @param release the module of {@code interop/java} that they run
     * @param workerOptions of their JVMs
     */
    ConnectCluster(
            Path folder, CampaignBroker broker, String settings, Path plugins, String release, String workerOptions)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.plugins = plugins;
        this.release = release;
        this.workerOptions = workerOptions;
        kafka = ServerScript.kafka(folder);
        mqtt = broker.script(folder, settings);
        proxy = FaultProxy.to("127.0.0.1", mqtt.port());
        rest = new ConnectRest(() -> List.copyOf(urls));
        try {
            mqtt.start();
            kafka.start();
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    String broker() {
        return "mqtt://127.0.0.1:" + mqtt.port();
    }

    void createTopic(String name) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    ServerScript startWorker(String name) throws IOException, InterruptedException {
        ServerScript worker = workers.get(name);
        if (worker == null) {
            worker = ServerScript.worker(folder, name, kafka, plugins, release, workerOptions);
            workers.put(name, worker);
            urls.add(worker.url());
        }
        worker.start();
        return worker;
    }

    ServerScript worker(String name) {
        return Objects.requireNonNull(workers.get(name), name);
    }

    /** A source that reads {@code numbers/#} through the proxy. */
    Map<String, String> source(String topic, String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "connector.class", "io.godwit.kafka.connect.MqttSourceConnector",
                "mqtt.server.uri", proxy.uri(),
                "mqtt.topics", "numbers/#",
                "mqtt.qos", "2",
                "kafka.topic", topic,
                "mqtt.reconnect.backoff.max.ms", "1000",
                // What a proxy swallows is noticed within 1.5 times that.
                "mqtt.keepalive.interval.seconds", "2"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    void awaitTasks(String connector, int tasks) {
        await("running tasks of " + connector)
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertTrue(
                        rest.runningTasks(connector) >= tasks,
                        () -> "not " + tasks + " running tasks: " + status(connector)));
    }

    private String status(String connector) {
        try {
            return rest.status(connector);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** A sink that publishes the numbers through the proxy for a {@link ReturnReader}. */
    Map<String, String> sink() {
        return Map.of(
                "connector.class", "io.godwit.kafka.connect.MqttSinkConnector",
                "topics", TOPIC,
                "mqtt.server.uri", proxy.uri(),
                "mqtt.topic", ReturnReader.PREFIX + "{key}",
                "mqtt.reconnect.backoff.max.ms", "1000",
                "mqtt.keepalive.interval.seconds", "2",
                // A killed worker's consumer is noticed within that; the default is 45 s.
                "consumer.override.session.timeout.ms", "6000",
                "consumer.override.heartbeat.interval.ms", "2000");
    }

    /** What the publishers' broker has acknowledged. */
    static Map<String, BitSet> acknowledged(Collection<NumberedPublisher> publishers) {
        Map<String, BitSet> numbers = new TreeMap<>();
        publishers.forEach(publisher -> numbers.put(publisher.name(), publisher.acknowledged()));
        return numbers;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (ServerScript worker : workers.values()) {
            worker.close();
        }
        proxy.close();
        kafka.close();
        mqtt.close();
    }
}
