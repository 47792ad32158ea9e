package io.godwit.mqtt.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MessageListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.Disk;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Meters of a client")
class MetricsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Pattern ROW =
            Pattern.compile("^\\| `(godwit\\.[a-z.]+)` \\| ([a-z ]+) \\| ([^|]*) \\|", Pattern.MULTILINE);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MqttMetrics metrics = MqttMetrics.create(registry);

    @TempDir
    Path folder;

    private MqttClientBuilder builder(String server) {
        return MqttClient.builder()
                .server(server)
                .clientId("boiler-7")
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .closeTimeout(Duration.ofMillis(200))
                .listener(metrics);
    }

    /** The sum of all meters with this name and these tags: a counter, a gauge, or how often a timer has counted. */
    private double value(String name, String... tags) {
        return registry.find(name).tags(tags).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    private void awaitValue(double value, String name, String... tags) {
        await(name + Arrays.toString(tags)).atMost(SOON).until(() -> value(name, tags) == value);
    }

    @Test
    void every_meter_through_a_cut() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        MqttClient client;
        try (Mosquitto mosquitto = Mosquitto.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port())) {
            client = builder(proxy.uri())
                    .protocol(ProtocolVersion.V5)
                    .keepAlive(Duration.ofSeconds(1))
                    .build();
            client.connect();
            awaitValue(1, "godwit.connected", "client", "boiler-7", "server", proxy.uri());
            client.subscribe("t/#", Qos.EXACTLY_ONCE, (MessageHandler) message -> {});
            client.subscribe("bad", message -> {
                throw new IllegalStateException("x");
            });
            for (Qos qos : Qos.values()) {
                client.publish(Message.of("t/" + qos.level(), "x").withQos(qos));
                awaitValue(1, "godwit.publish", "qos", "" + qos.level(), "outcome", "acknowledged");
                awaitValue(1, "godwit.publish.accepted", "qos", "" + qos.level());
                awaitValue(1, "godwit.publish.ended", "qos", "" + qos.level(), "outcome", "acknowledged");
                awaitValue(1, "godwit.messages.received", "qos", "" + qos.level());
                awaitValue(1, "godwit.handler", "qos", "" + qos.level(), "outcome", "success");
            }
            client.publish("bad", "x");
            awaitValue(1, "godwit.handler", "outcome", "failure");
            awaitValue(1, "godwit.handler.failures");
            awaitValue(4, "godwit.handled");
            assertThat(value("godwit.publish.roundtrip")).isGreaterThanOrEqualTo(2);
            await().atMost(SOON).until(() -> value("godwit.ping.roundtrip") >= 1);
            assertThat(value("godwit.sent")).isGreaterThan(50);
            assertThat(value("godwit.received")).isGreaterThan(50);

            proxy.refuse();
            proxy.cut();
            awaitValue(0, "godwit.connected", "server", proxy.uri());
            awaitValue(1, "godwit.connections.lost", "server", proxy.uri());
            await().atMost(SOON)
                    .until(() -> value("godwit.connect.failures", "phase", "connect", "reason", "refused") > 2);
            client.publishAsync(Message.of("t/wait", "abc"));
            awaitValue(1, "godwit.publish.queued");
            awaitValue(9, "godwit.publish.queued.size");
            await().atMost(SOON).until(() -> value("godwit.publish.queued.age") > 0);
            client.publishAsync(Message.of("t/old", "x").withExpiry(Duration.ofSeconds(1)));
            awaitValue(1, "godwit.publish.ended", "outcome", "expired");
            awaitValue(1, "godwit.publish", "outcome", "expired");

            proxy.accept();
            awaitValue(1, "godwit.connected", "server", proxy.uri());
            awaitValue(2, "godwit.connections", "server", proxy.uri());
            awaitValue(0, "godwit.publish.queued");
            assertThat(value("godwit.connect.attempts")).isGreaterThan(3);
            assertDocumented();
            client.close();
        }
        await().atMost(SOON).until(() -> registry.getMeters().isEmpty());
    }

    @Test
    void pressure_on_both_sides_is_measured() throws Exception {
        CountDownLatch handled = new CountDownLatch(1);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .inbox(5, 1_000_000)
                        .queue(2, 1_000, QueueBounds.WhenFull.FAIL)
                        .build()) {
            client.connect();
            client.subscribe("t", message -> {
                try {
                    handled.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            IntStream.range(0, 50).forEach(i -> broker.publish(Message.of("t", "x")));
            awaitValue(1, "godwit.reading.paused");
            await().atMost(SOON).until(() -> value("godwit.inbox") > 5);
            assertThat(value("godwit.inbox.size")).isPositive();
            handled.countDown();
            awaitValue(0, "godwit.reading.paused");
            awaitValue(50, "godwit.handled");

            broker.goOffline();
            await().atMost(SOON).until(() -> !client.isConnected());
            IntStream.range(0, 5).forEach(i -> client.publishAsync("u", "x"));
            awaitValue(1, "godwit.publish.queue.full");
            awaitValue(3, "godwit.publish.refused");
            broker.goOnline();
            awaitValue(0, "godwit.publish.queue.full");
        }
    }

    @Test
    void what_nobody_wants_is_counted() {
        try (TestBroker broker = TestBroker.start();
                MqttClient before = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("boiler-7")
                        .cleanSession(false)
                        .build()) {
            before.connect();
            before.subscribe("t", message -> {});
            before.disconnect();
            before.close();
            broker.publish(Message.of("t", "x"));
            try (MqttClient after = builder(broker.uri()).cleanSession(false).build()) {
                after.connect();
                awaitValue(1, "godwit.unhandled");
                assertThat(value("godwit.rejected")).isZero();
            }
        }
    }

    @Test
    void what_is_refused_to_the_broker_is_counted() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri()).protocol(ProtocolVersion.V5).build()) {
            client.connect();
            client.subscribe("bad", message -> {
                throw new IllegalStateException("x");
            });
            broker.publish(Message.of("bad", "x"));
            awaitValue(1, "godwit.rejected");
        }
    }

    @Test
    void the_session_store_is_measured() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        DiskStore store = DiskStore.builder(folder).disk(disk(full)).build();
        try (MqttClient before = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + Programs.freePort())
                .clientId("boiler-7")
                .store(store)
                .retryFirst(true)
                .closeTimeout(Duration.ofMillis(50))
                .build()) {
            before.connectAsync();
            before.publishAsync("t", "x");
            before.stored().get(10, TimeUnit.SECONDS);
        }
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri()).cleanSession(false).store(store).build()) {
            awaitValue(1, "godwit.publish.recovered");
            client.connect();
            client.publish("t", "y");
            await().atMost(SOON).until(() -> value("godwit.store.force") > 0);
            full.set(true);
            client.publishAsync("t", "z");
            await().atMost(SOON).until(() -> value("godwit.store.failures") > 0);
            full.set(false);
        }
    }

    /** The machine's disk, to which nothing can be written while it is full. */
    private static Disk disk(AtomicBoolean full) {
        return proxy(Disk.class, Disk.SYSTEM, full);
    }

    private static <T> T proxy(Class<T> type, T real, AtomicBoolean full) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            if (method.getName().equals("write") && full.get()) {
                throw new IOException("No space left on device");
            }
            try {
                Object result = method.invoke(real, given);
                return result instanceof Disk.File file ? proxy(Disk.File.class, file, full) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    @Test
    void calls_that_a_slow_listener_misses_are_counted() {
        CountDownLatch enough = new CountDownLatch(1);
        ClientListener slow = new ClientListener() {
            @Override
            public void publishFailed(MqttClient client, Message message, MqttException failure) {
                try {
                    enough.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (MqttClient client = builder("mqtt://127.0.0.1:" + Programs.freePort())
                .retryFirst(true)
                .queue(1, 1_000_000, QueueBounds.WhenFull.DROP_OLDEST)
                .listener(slow)
                .build()) {
            client.connectAsync();
            List<CompletableFuture<PublishResult>> publishes = IntStream.range(0, 2 * ClientListener.MOST_WAITING)
                    .mapToObj(i -> client.publishAsync("t", "x"))
                    .toList();
            await().atMost(SOON)
                    .until(() ->
                            publishes.stream().filter(CompletableFuture::isDone).count()
                                    > ClientListener.MOST_WAITING + 100);
            enough.countDown();
            await().atMost(SOON).until(() -> value("godwit.listener.missed") > 0);
        }
    }

    @Test
    void topics_come_from_the_mapper_only_and_are_bounded() {
        MqttMetrics mapped = MqttMetrics.builder(registry)
                .tags(Tags.of("site", "north"))
                .topics(topic -> topic.equals("none") ? null : topic)
                .build();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("boiler-7")
                        .listener(mapped)
                        .build()) {
            client.connect();
            client.publish("none", "x");
            IntStream.range(0, ClientMeters.MOST_TOPICS + 5).forEach(i -> client.publish("t/" + i, "x"));
            assertThat(value("godwit.publish", "topic", "t/0", "site", "north")).isEqualTo(1);
            assertThat(value("godwit.publish", "topic", "other")).isEqualTo(6);
        }
    }

    @Test
    void timers_can_be_left_out() {
        MqttMetrics plain = MqttMetrics.builder(registry).timers(false).build();
        assertThat(plain).as("hears of no message").isNotInstanceOf(MessageListener.class);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("boiler-7")
                        .listener(plain)
                        .build()) {
            client.connect();
            client.publish("t", "x");
            awaitValue(1, "godwit.publish.ended", "outcome", "acknowledged");
            assertThat(registry.find("godwit.publish").timers()).isEmpty();
        }
    }

    @Test
    void a_client_that_never_was_connected_is_not_connected() {
        try (MqttClient client = builder("mqtt://127.0.0.1:" + Programs.freePort())
                .retryFirst(true)
                .build()) {
            client.connectAsync();
            await().atMost(SOON)
                    .until(() -> !registry.find("godwit.connected").gauges().isEmpty());
            assertThat(value("godwit.connected")).isZero();
        }
    }

    @Test
    void a_handler_that_outlives_its_client_brings_no_meter_back() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch measured = new CountDownLatch(1);
        MessageListener behindTheMetrics = new MessageListener() {
            @Override
            public void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {
                measured.countDown();
            }
        };
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri()).listener(behindTheMetrics).build()) {
            client.connect();
            client.subscribe("t", message -> {
                handling.countDown();
                release.await(20, TimeUnit.SECONDS);
            });
            broker.publish(Message.of("t", "x"));
            assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();
            client.close();
            await().atMost(SOON).until(() -> registry.getMeters().isEmpty());

            release.countDown();

            assertThat(measured.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void a_message_that_is_handled_while_its_client_is_closed_brings_no_meter_back() {
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + Programs.freePort())
                .clientId("boiler-7")
                .build()) {
            ClientMeters meters = new ClientMeters(client, new MeterSettings(registry, Tags.empty(), null, true));
            meters.remove();

            meters.handled(Message.of("t", "x"), null, Duration.ofMillis(1));

            assertThat(registry.getMeters()).isEmpty();
        }
    }

    /** Each meter is in the table of the document, with its type and tags, and each of the table is there. */
    private void assertDocumented() throws Exception {
        TreeMap<String, Set<String>> documented = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("../../docs/observability.md")));
        while (rows.find()) {
            Set<String> tags = new TreeSet<>();
            Matcher names = Pattern.compile("`([a-z]+)`").matcher(rows.group(3));
            while (names.find()) {
                tags.add(names.group(1));
            }
            documented.put(rows.group(1) + " " + rows.group(2), tags);
        }
        documented.remove("godwit.listener.missed counter"); // only of a listener that blocks
        TreeMap<String, Set<String>> present = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Set<String> tags = new TreeSet<>();
            if (meter.getId().syntheticAssociation() != null) {
                continue; // a bucket or percentile of a timer
            }
            meter.getId().getTags().stream().map(Tag::getKey).forEach(tags::add);
            present.put(meter.getId().getName() + " " + type(meter), tags);
        }
        assertThat(present).containsExactlyEntriesOf(documented);
    }

    private static String type(Meter meter) {
        return switch (meter.getId().getType()) {
            case COUNTER -> "counter";
            case TIMER -> "timer";
            default -> "gauge";
        };
    }
}
