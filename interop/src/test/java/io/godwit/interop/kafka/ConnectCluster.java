package io.godwit.interop.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.core.ConditionTimeoutException;

/** A Kafka, a Mosquitto that keeps its data, a proxy before it for the connector, and as many workers as a test starts. */
final class ConnectCluster implements AutoCloseable {
    static final int PARTITIONS = 4;

    // Set once.
    private final Path folder;
    private final Path plugins;
    final KafkaScript kafka;
    final Mosquitto mosquitto;
    final FaultProxy proxy;
    final ConnectRest rest;
    private final Map<String, KafkaScript> workers = new HashMap<>();

    // Any thread.
    private final List<String> urls = new CopyOnWriteArrayList<>();

    /** Starts Kafka and Mosquitto; skips the test where Mosquitto is not installed. */
    ConnectCluster(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Path broker = Files.createDirectories(folder.resolve("mosquitto"));
        mosquitto = Mosquitto.start(
                broker,
                "persistence true",
                "persistence_location " + broker.toAbsolutePath() + "/",
                // Without limit: by default Mosquitto drops what exceeds 1,000 messages for a session.
                "max_queued_messages 0");
        plugins = PluginFolder.create(folder);
        kafka = KafkaScript.kafka(folder, Programs.freePort());
        proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
        rest = new ConnectRest(() -> List.copyOf(urls));
        kafka.start();
    }

    String broker() {
        return "mqtt://127.0.0.1:" + mosquitto.port();
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

    KafkaScript startWorker(String name) throws IOException, InterruptedException {
        KafkaScript worker = workers.get(name);
        if (worker == null) {
            worker = KafkaScript.worker(folder, name, Programs.freePort(), kafka, plugins);
            workers.put(name, worker);
            urls.add(worker.url());
        }
        worker.start();
        return worker;
    }

    KafkaScript worker(String name) {
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

    /** Waits until all that was acknowledged is in the topic. False: some of it is not, after the time limit. */
    static boolean awaitComplete(TopicReader reader, List<NumberedPublisher> publishers, Duration limit) {
        try {
            await().atMost(limit)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> reader.missing(publishers).isEmpty());
            return true;
        } catch (ConditionTimeoutException late) {
            return false;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (KafkaScript worker : workers.values()) {
            worker.close();
        }
        proxy.close();
        kafka.close();
        mosquitto.close();
    }
}
