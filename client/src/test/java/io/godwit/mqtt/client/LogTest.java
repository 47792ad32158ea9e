package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.ForwardingTransport;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.netty.FailingTasks;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What a client logs")
class LogTest {
    private static final String CONNECTING = "INFO connecting to <servers>";
    private static final String CONNECTED = "INFO connected to <server> after <time><failed attempts> (MQTT <version>,"
            + " <session>, keep alive <time><assigned identifier>)";
    private static final String CANNOT_CONNECT = "WARN cannot connect: <why>; next attempt in <time>";
    private static final String STILL_CANNOT_CONNECT =
            "WARN still cannot connect after <n> attempts: <why>; next attempt in <time><so far>";
    private static final String GAVE_UP = "WARN cannot connect, gave up after <attempts>: <why>";
    private static final String POINTLESS = "WARN not trying again, since that cannot help";
    private static final String INSECURE =
            "WARN TLS is INSECURE as configured: <what is accepted>; anybody on the network"
                    + " can read and alter everything";
    private static final String LOST = "WARN connection lost, ended by the <side>: <why>; next attempt in <time>";
    private static final String LOST_FOR_GOOD =
            "WARN connection lost, ended by the <side>: <why>; it is not made again";
    private static final String UNHANDLED = "WARN no handler wants the message for '<topic>': <what happens to it>;"
            + " unsubscribe, or declare a handler before connecting<more>";
    private static final String RESTORED =
            "INFO restored the subscription to '<filter>', which the broker had lost<more>";
    private static final String NOT_RESTORED =
            "WARN the broker has lost the subscription to '<filter>', and it could not"
                    + " be restored: <reason><more>";
    private static final String HANDLER_FAILED = "WARN the handler of a message for '<topic>' failed<more>";
    private static final String MESSAGE_FAILED =
            "WARN a message for '<topic>' was <what happened>, since its handler failed<more>";
    private static final String UNWANTED =
            "WARN unsubscribing from '<filter>', since its messages have no handler<more>";
    private static final String UNROUTABLE = "WARN messages for '<filter>' may find no handler: <why>";
    private static final String DROPPED = "WARN a message of QoS 0 for '<topic>' was dropped: <why><more>";
    private static final String LEFT =
            "WARN <n> messages were not handled within the close time limit, and are not acknowledged";
    private static final String PUBLISH_FAILED = "WARN a publish to '<topic>' failed (<kind>): <why><more>";
    private static final String QUEUE_FULL =
            "WARN the queue of publishes is full: <messages>, <n> bytes; <what happens>";
    private static final String PAUSED = "WARN handlers are slower than the broker: <messages>, <n> bytes wait; nothing"
            + " is read until half of them are handled<more>";

    /** No test can make the client run out of threads without the JVM running out of them too. */
    private static final Set<String> NOT_PROVOKED =
            Set.of("WARN cannot ask the reconnect policy; the client tries again after <time>");

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Set<String> SEEN = new TreeSet<>();

    private static Mosquitto mosquitto;

    private final LogLines log = new LogLines();

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        mosquitto = Mosquitto.isInstalled() ? Mosquitto.start(folder) : null;
    }

    @AfterEach
    void every_line_is_documented() {
        SEEN.addAll(log.seen());
        log.close();
        log.assertDocumented();
    }

    /** Runs when the whole class has run; a single test has not seen them all. */
    @AfterAll
    static void every_documented_line_was_seen() {
        if (Mosquitto.isInstalled() && SEEN.size() > 15) {
            Set<String> missing = new TreeSet<>(LogLines.documented());
            missing.removeAll(SEEN);
            assertThat(missing).isSubsetOf(NOT_PROVOKED);
        }
    }

    @AfterAll
    static void stop() {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    private static MqttClientBuilder builder(String server) {
        return MqttClient.builder()
                .server(server)
                .clientId("boiler-7")
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .closeTimeout(Duration.ofMillis(200));
    }

    private static FaultProxy proxy() throws Exception {
        return FaultProxy.to("127.0.0.1", Mosquitto.isInstalled() ? mosquitto.port() : freePort());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    // ---- connections, through a real Mosquitto ----

    @Test
    void a_connection_has_a_line_for_each_change_of_its_state() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (FaultProxy proxy = proxy();
                MqttClient client = builder(proxy.uri()).build()) {
            client.connect();
            log.await(CONNECTING);
            assertThat(log.await(CONNECTED)).contains(proxy.uri(), "MQTT 3.1.1", "new session", "keep alive 60 s");

            proxy.refuse();
            proxy.cut();
            log.await(LOST);
            log.await(CANNOT_CONNECT);
            await().atMost(SOON).until(() -> client.statistics().connections().failedAttempts() >= 5);
            assertThat(log.count(CANNOT_CONNECT))
                    .as("one line, not one for each attempt")
                    .isEqualTo(1);
            assertThat(log.count(STILL_CANNOT_CONNECT)).isZero();

            proxy.accept();
            await().atMost(SOON).until(() -> log.count(CONNECTED) == 2);
            assertThat(log.lines().get(log.lines().size() - 1)).contains("failed attempts");
        }
        log.await("INFO disconnected");
        log.await("INFO closed");
        assertThat(log.lines()).allMatch(line -> line.contains("client 'boiler-7': "));
    }

    @Test
    void a_subscription_that_the_broker_has_lost_is_restored_with_a_line() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (FaultProxy proxy = proxy();
                MqttClient client = builder(proxy.uri()).build()) {
            client.connect();
            client.subscribe("boiler/#", message -> {});
            proxy.cut();
            assertThat(log.await(RESTORED)).contains("'boiler/#'");
        }
    }

    // ---- without a broker ----

    @Test
    @DisplayName("within three seconds, a client without a broker says what is wrong and what happens next")
    void a_client_without_a_broker_says_what_is_wrong_and_what_happens_next() throws Exception {
        int port = freePort();
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + port)
                .protocol(ProtocolVersion.V5)
                .clientId("boiler-7")
                .cleanSession(false)
                .store(SessionStore.inMemory())
                .retryFirst(true)
                .build()) {
            client.connectAsync();

            assertThat(log.await(CANNOT_CONNECT, Duration.ofSeconds(3)))
                    .contains(
                            "127.0.0.1:" + port + " refused the connection",
                            "is the broker running",
                            "next attempt in");
        }
    }

    @Test
    void a_cause_that_changes_is_written_at_once() throws Exception {
        int port = freePort();
        try (MqttClient client =
                builder("mqtt://127.0.0.1:" + port).retryFirst(true).build()) {
            client.connectAsync();
            log.await(CANNOT_CONNECT);
            try (TestBroker broker = TestBroker.builder()
                    .port(port)
                    .credentials("user", "secret")
                    .start()) {
                assertThat(log.await(STILL_CANNOT_CONNECT)).contains("refused");
                assertThat(broker.port()).isEqualTo(port);
            }
        }
    }

    @Test
    void giving_up_is_written() throws Exception {
        try (MqttClient client = builder("mqtt://127.0.0.1:" + freePort()).build()) {
            client.connectAsync();
            log.await(GAVE_UP);
        }
        log.await("INFO closed");
    }

    @Test
    void a_connection_that_is_not_made_again_says_so() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri()).reconnect(Reconnect.never()).build()) {
            client.connect();
            broker.dropConnection("boiler-7");
            log.await(LOST_FOR_GOOD);
        }
    }

    @Test
    void a_refusal_that_cannot_heal_ends_the_attempts_with_a_line() {
        try (TestBroker broker = TestBroker.builder()
                        .policy(new BrokerPolicy() {
                            @Override
                            public ReasonCode connect(Connect connect) {
                                return ReasonCode.BANNED;
                            }
                        })
                        .start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .clientId("boiler-7")
                        .retryFirst(true)
                        .build()) {
            client.connectAsync();
            log.await(POINTLESS);
            assertThat(log.await(GAVE_UP)).contains("banned");
        }
    }

    @Test
    void a_reconnect_policy_that_throws_is_written() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .reconnect(attempt -> {
                            throw new IllegalStateException("broken policy");
                        })
                        .build()) {
            client.connect();
            broker.dropConnection("boiler-7");
            log.await("WARN the reconnect policy failed; the client does not reconnect");
        }
    }

    // ---- TLS that protects nobody ----

    @Test
    void tls_that_accepts_every_certificate_is_warned_about() {
        unverified(Tls.builder().insecure().build());
        assertThat(log.await(INSECURE)).contains("every certificate is accepted");
        assertThat(log.count(INSECURE)).as("once for all attempts of a row").isEqualTo(1);
    }

    @Test
    void tls_that_checks_no_host_name_is_warned_about() {
        unverified(Tls.builder().hostNameChecked(false).build());
        log.await("WARN TLS does not check the host name, as configured");
    }

    private static void unverified(Tls tls) {
        try (MqttClient client = MqttClient.builder()
                .transport(TransportOptions.builder()
                        .servers("mqtts://127.0.0.1:" + Programs.freePort())
                        .tls(tls)
                        .build())
                .clientId("boiler-7")
                .reconnect(Reconnect.fixed(Duration.ofMillis(10)))
                .retryFirst(true)
                .build()) {
            client.connectAsync();
            await().atMost(SOON).until(() -> client.statistics().connections().failedAttempts() >= 3);
        }
    }

    @Test
    void what_only_debugging_shows_has_the_client_identifier_too() {
        log.debug();
        try (NettyTransport network = new NettyTransport(1);
                MqttClient client = TransportAccess.use(
                                builder("mqtt://127.0.0.1:" + Programs.freePort()), new Talkative(network))
                        .build()) {
            client.connectAsync();
            log.await(GAVE_UP);
        }
        assertThat(log.debugLines()).containsExactly("client 'boiler-7': no SRV records for nowhere");
    }

    /** A transport that has something to say about each attempt. */
    private static final class Talkative extends ForwardingTransport {
        Talkative(Transport delegate) {
            super(delegate);
        }

        @Override
        protected Link decorate(EventLoop loop, TransportOptions options, ConnectionListener listener) {
            listener.detail("no SRV records for nowhere", new IOException("no DNS"));
            return new Link(listener) {};
        }
    }

    @Test
    void an_error_that_stops_the_event_loop_is_the_cause_of_a_lost_connection() {
        FailingTasks tasks = new FailingTasks();
        try (TestBroker broker = TestBroker.start();
                NettyTransport network = tasks.transport();
                MqttClient client =
                        TransportAccess.use(builder(broker.uri()), network).build()) {
            client.connect();
            tasks.fail(1);
            client.publishAsync(Message.of("t", "x"));
            assertThat(log.await(LOST)).contains("ended by the client: an error stopped the event loop");
        }
    }

    // ---- what must not be in a line ----

    @Test
    void no_line_contains_a_secret() {
        try (TestBroker broker =
                        TestBroker.builder().credentials("user", "other").start();
                MqttClient client = builder("ws://user:s3cret@127.0.0.1:" + broker.port() + "/mqtt?signature=s3cret")
                        .server("mqtt://user:s3cret@127.0.0.1:" + broker.port())
                        .credentials("user", "s3cret")
                        .build()) {
            client.connectAsync();
            log.await(GAVE_UP);
        }
        assertThat(log.lines()).noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void what_comes_from_outside_cannot_forge_a_line() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).build()) {
            client.connect();
            client.subscribe("t/#", message -> {
                throw new IllegalStateException("x");
            });
            client.publish(Message.of("t/a\nWARN client 'x': forged", "x"));
            assertThat(log.await(MESSAGE_FAILED)).contains("acknowledged");
            assertThat(log.await(HANDLER_FAILED)).contains("\\u000aWARN").doesNotContain("\n");
        }
    }

    // ---- messages ----

    @Test
    void messages_without_a_handler_are_written_once() {
        try (TestBroker broker = TestBroker.start();
                MqttClient first = builder(broker.uri()).cleanSession(false).build()) {
            first.connect();
            first.subscribe("boiler/#", message -> {});
            first.disconnect();
            for (int i = 0; i < 5; i++) {
                broker.publish(Message.of("boiler/" + i, "x"));
            }
            first.close();
            try (MqttClient second = builder(broker.uri()).cleanSession(false).build()) {
                second.connect();
                assertThat(log.await(UNHANDLED)).contains("'boiler/0'", "it waits for one");
                await().atMost(SOON).until(() -> second.statistics().messages().unhandled() == 5);
                assertThat(log.count(UNHANDLED)).isEqualTo(1);
            }
            log.await("WARN <n> more lines were left out: <kind>");
        }
    }

    @Test
    void lines_are_in_order_even_if_the_executor_is_busy() {
        Queue<Runnable> held = new ConcurrentLinkedQueue<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient first = builder(broker.uri()).cleanSession(false).build()) {
            first.connect();
            first.subscribe("boiler/#", message -> {});
            first.disconnect();
            broker.publish(Message.of("boiler/0", "x"));
            first.close();
            try (MqttClient second = builder(broker.uri())
                    .cleanSession(false)
                    .executor(held::add)
                    .build()) {
                second.connect();
                log.await(UNHANDLED);
                assertThat(log.lines().stream()
                                .filter(line -> line.contains(": connected to") || line.contains("no handler wants"))
                                .skip(1))
                        .satisfiesExactly(
                                connected -> assertThat(connected).contains(": connected to"),
                                unhandled -> assertThat(unhandled).contains("no handler wants"));
            }
            held.forEach(Runnable::run);
        }
    }

    @Test
    void a_publish_that_expires_is_written() throws Exception {
        try (MqttClient client = builder("mqtt://127.0.0.1:" + freePort())
                .protocol(ProtocolVersion.V5)
                .retryFirst(true)
                .build()) {
            client.connectAsync();
            client.publishAsync(Message.of("boiler/temp", "secret payload").withExpiry(Duration.ofSeconds(1)));
            assertThat(log.await(PUBLISH_FAILED))
                    .contains("'boiler/temp'", "(expired)")
                    .doesNotContain("secret payload");
        }
    }

    @Test
    void a_full_queue_is_written_once_and_so_is_its_end() throws Exception {
        int port = freePort();
        try (MqttClient client = builder("mqtt://127.0.0.1:" + port)
                .retryFirst(true)
                .queue(10, 1_000_000, QueueBounds.WhenFull.FAIL)
                .build()) {
            client.connectAsync();
            IntStream.range(0, 30).forEach(i -> client.publishAsync("t", "x"));
            assertThat(log.await(QUEUE_FULL)).contains("10 messages", "new publishes fail");
            try (TestBroker broker = TestBroker.builder().port(port).start()) {
                log.await("INFO the queue of publishes has room again");
                assertThat(log.count(QUEUE_FULL)).isEqualTo(1);
                assertThat(broker.port()).isEqualTo(port);
            }
        }
    }

    @Test
    void slow_handlers_are_written() {
        CountDownLatch handled = new CountDownLatch(1);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).inbox(5, 1_000_000).build()) {
            client.connect();
            client.subscribe("t", message -> awaitQuietly(handled));
            IntStream.range(0, 50).forEach(i -> broker.publish(Message.of("t", "x")));
            log.await(PAUSED);
            handled.countDown();
        }
    }

    @Test
    void messages_that_close_does_not_wait_for_are_written() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch handling = new CountDownLatch(1);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).build()) {
            client.connect();
            client.subscribe("t", message -> {
                handling.countDown();
                awaitQuietly(closed);
            });
            broker.publish(Message.of("t", "x"));
            assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();
            client.close();
            log.await("WARN <n> messages were not handled within the close time limit, and are not acknowledged");
        } finally {
            closed.countDown();
        }
    }

    @Test
    void a_subscription_that_cannot_be_restored_is_written() {
        boolean[] refuse = new boolean[1];
        try (TestBroker broker = TestBroker.builder()
                        .policy(new BrokerPolicy() {
                            @Override
                            public ReasonCode subscribe(String clientId, TopicSubscription subscription) {
                                return refuse[0]
                                        ? ReasonCode.NOT_AUTHORIZED
                                        : BrokerPolicy.super.subscribe(clientId, subscription);
                            }
                        })
                        .start();
                MqttClient client =
                        builder(broker.uri()).protocol(ProtocolVersion.V5).build()) {
            client.connect();
            client.subscribe("boiler/#", message -> {});
            refuse[0] = true;
            broker.dropConnection("boiler-7");
            assertThat(log.await(NOT_RESTORED)).contains("'boiler/#'", "not authorized");
        }
    }

    @Test
    void a_subscription_that_is_ended_because_it_has_no_handler_is_written() {
        try (TestBroker broker = TestBroker.start()) {
            try (MqttClient before = builder(broker.uri()).cleanSession(false).build()) {
                before.connect();
                before.subscribe("news", message -> {});
            }
            broker.publish(Message.of("news", "x").withQos(Qos.AT_LEAST_ONCE));
            try (MqttClient client = builder(broker.uri())
                    .cleanSession(false)
                    .onUnhandled(UnhandledPolicy.unsubscribe().withLimits(0, Duration.ZERO))
                    .build()) {
                client.connect();
                assertThat(log.await(UNWANTED)).contains("'news'");
            }
        }
    }

    @Test
    void a_filter_that_only_the_broker_understands_is_written() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).build()) {
            client.connect();
            client.subscribe(
                    TopicSubscription.of("$queue/a", Qos.AT_LEAST_ONCE).matching("a"),
                    HandlerOptions.defaults(),
                    m -> {});
            client.subscribe("$queue/b", message -> {});
            client.subscribe("$SYS/c", message -> {});

            assertThat(log.await(UNROUTABLE)).contains("'$queue/b'", "TopicSubscription.matching");
            client.unsubscribe("other");
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("may find no handler"))
                    .hasSize(1);
        }
    }

    @Test
    void a_message_that_is_dropped_because_a_handler_blocks_is_written() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .inbox(1, 1)
                        .build()) {
            client.connect();
            client.subscribe("flood", Qos.AT_MOST_ONCE, message -> {
                if (first.getCount() > 0) {
                    first.countDown();
                    client.request(Message.of("nobody", "answers"));
                }
            });
            Message message = Message.of("flood", new byte[1_000]).withQos(Qos.AT_MOST_ONCE);
            broker.publish(message);
            assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 100; i++) {
                broker.publish(message);
            }

            assertThat(log.await(DROPPED)).contains("'flood'", "use the Async form");
            client.close(); // while the handler still waits for its response
            assertThat(log.await(LEFT)).contains("1 messages");
        }
    }

    // ---- the store ----

    @Test
    void what_a_store_brings_back_is_written() throws Exception {
        SessionStore store = SessionStore.inMemory();
        String nowhere = "mqtt://127.0.0.1:" + freePort();
        try (MqttClient before = builder(nowhere).store(store).retryFirst(true).build()) {
            before.connectAsync();
            before.publishAsync("t", "one");
            before.publishAsync("t", "two");
        }
        try (MqttClient after = builder(nowhere).store(store).build()) {
            assertThat(log.await("INFO recovered <n> publishes and <n> subscriptions from the session store"))
                    .contains("recovered 2 publishes and 0 subscriptions");
            assertThat(after.statistics().publishes().recovered()).isEqualTo(2);
        }
    }

    @Test
    void a_store_that_cannot_write_is_written() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri()).store(new BrokenStore()).build()) {
            client.connect();
            client.publishAsync(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));
            assertThat(log.await("WARN the session store cannot write: <why><more>"))
                    .contains("disk full");
        }
        log.await("WARN cannot close the session store: <why>");
    }

    // ---- the application's own code ----

    @Test
    void a_listener_that_throws_is_written() {
        ClientListener broken = new ClientListener() {
            @Override
            public void connected(MqttClient client, ConnectResult result) {
                throw new IllegalStateException("broken listener");
            }
        };
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).listener(broken).build()) {
            client.connect();
            log.await("WARN a listener failed");
        }
    }

    @Test
    void a_listener_that_is_too_slow_is_written() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        ClientListener slow = new ClientListener() {
            @Override
            public void publishFailed(MqttClient client, Message message, MqttException failure) {
                awaitQuietly(enough);
            }
        };
        try (MqttClient client = builder("mqtt://127.0.0.1:" + freePort())
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
            log.await("WARN a listener is too slow: <n> were left out<more>");
        }
    }

    @Test
    void a_reconnect_policy_that_does_not_answer_is_written() {
        CountDownLatch end = new CountDownLatch(1);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .callTimeout(Duration.ofSeconds(2))
                        .reconnect(attempt -> {
                            awaitQuietly(end);
                            return null;
                        })
                        .build()) {
            client.connect();

            broker.dropConnection("boiler-7");

            log.await("WARN timed out after <time> waiting for the reconnect policy; the client tries again");
            end.countDown();
        }
    }

    @Test
    void an_executor_that_rejects_tasks_is_written() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .executor(task -> {
                            throw new RejectedExecutionException("pool is shut down");
                        })
                        .build()) {
            client.connect();
            assertThat(log.await("WARN the executor rejects tasks; they run on Godwit's own threads: <why>"))
                    .contains("pool is shut down");
        }
    }

    @Test
    void logging_can_be_turned_off() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).logging(false).build()) {
            client.connect();
        }
        assertThat(log.lines()).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
