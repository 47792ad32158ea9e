package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.engine.Internals;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the client promises about blocking, locks, ends and what it leaves behind, as far as a model broker that is silent,
 * goes offline or drops connections shows it. What needs a network that swallows bytes, or the store on disk, is in the
 * simulation's {@code PromisesTest}; what a session does with single packets in {@code SessionTest}.
 */
@Timeout(60)
class ClientPromisesTest {
    private TestBroker broker;

    @BeforeEach
    void startBroker() {
        broker = TestBroker.start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private MqttClientBuilder builder() {
        return MqttClient.builder()
                .server(broker.uri())
                .callTimeout(Duration.ofSeconds(10))
                .closeTimeout(Duration.ofMillis(500));
    }

    @Test
    @DisplayName("promise 1: messages of a kept session that come before their handler wait for it, unacknowledged")
    void messages_wait_for_their_handler() throws Exception {
        try (MqttClient client = builder().clientId("late").cleanSession(false).build()) {
            client.connect();
            client.subscribe("news", message -> {});
        }
        broker.publish(Message.of("news", "while away"));
        BlockingQueue<String> unhandled = new LinkedBlockingQueue<>();
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttClientBuilder again = builder().clientId("late").cleanSession(false).listener(new ClientListener() {
            @Override
            public void messageUnhandled(MqttClient client, Message message, boolean waits) {
                unhandled.add(message.text() + waits);
            }
        });
        try (MqttClient client = again.build()) {
            client.connect();
            assertThat(unhandled.poll(5, TimeUnit.SECONDS)).isEqualTo("while awaytrue");
            assertThat(broker.pending("late")).hasSize(1);

            client.handle("news", message -> received.add(message.text()));

            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("while away");
            await().until(() -> broker.pending("late").isEmpty());
        }
    }

    @Test
    @DisplayName("promise 1: a message that is acknowledged by hand stays with the broker until then")
    void manual_acknowledgement() throws Exception {
        BlockingQueue<Acknowledgement> received = new LinkedBlockingQueue<>();
        try (MqttClient client = builder().clientId("manual").build()) {
            client.connect();
            client.subscribe("t", Qos.AT_LEAST_ONCE, (message, acknowledgement) -> received.add(acknowledgement));
            client.publish("t", "x");
            Acknowledgement acknowledgement = received.poll(5, TimeUnit.SECONDS);
            assertThat(acknowledgement).isNotNull();
            assertThat(broker.pending("manual")).hasSize(1);
            acknowledgement.acknowledge();
            await().until(() -> broker.pending("manual").isEmpty());
        }
    }

    @Test
    @DisplayName("promise 3: no Async call blocks, whatever state the client is in, and each future ends")
    void async_calls_never_block() throws Exception {
        // A call that blocked would wait for its time limit, and the limit of this test would end it.
        MqttClient client = builder()
                .queue(100, 1_000_000, WhenFull.FAIL)
                .callTimeout(Duration.ofHours(1))
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .build();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        callEverything(client, futures); // idle
        futures.add(client.connectAsync());
        callEverything(client, futures); // connecting
        client.connect();
        broker.silent(true);
        callEverything(client, futures); // connected, but nobody answers
        broker.goOffline();
        callEverything(client, futures); // reconnecting
        client.close();
        callEverything(client, futures); // closed
        for (CompletableFuture<?> future : futures) {
            assertThat(future.handle((value, failure) -> true).get(5, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private static void callEverything(MqttClient client, List<CompletableFuture<?>> futures) {
        for (int i = 0; i < 200; i++) {
            futures.add(client.publishAsync(Message.of("t", "x").withQos(Qos.of(i % 3))));
        }
        futures.add(client.publishAllAsync(Collections.nCopies(100, Message.of("t", "x"))));
        futures.add(client.subscribeAsync("t", Qos.AT_LEAST_ONCE, message -> {}));
        futures.add(client.unsubscribeAsync("t"));
    }

    @Test
    @DisplayName("promise 3: a blocking call ends within its time limit and says what it waited for")
    void blocking_calls_have_a_limit() {
        try (MqttClient client = builder().callTimeout(Duration.ofMillis(200)).build()) {
            client.connect();
            broker.silent(true);
            assertThatThrownBy(() -> client.publish("boiler/temp", "20"))
                    .isInstanceOf(MqttTimeoutException.class)
                    .hasMessageContaining("200 ms")
                    .hasMessageContaining("acknowledgement")
                    .hasMessageContaining("boiler/temp");
            assertThatThrownBy(() -> client.subscribe("a/b", message -> {}))
                    .isInstanceOf(MqttTimeoutException.class)
                    .hasMessageContaining("SUBACK for 'a/b'");
            broker.silent(false);
        }
    }

    @Test
    @DisplayName("promise 3: no lock is held while code of the application runs")
    void no_lock_is_held_while_user_code_runs() throws Exception {
        Map<String, Boolean> free = new ConcurrentHashMap<>();
        MqttClient[] client = new MqttClient[1];
        Consumer<String> probe = place -> free.put(place, isLockFree(client[0]));
        client[0] = builder()
                .clientId("probe")
                .reconnect(attempt -> {
                    probe.accept("reconnect policy");
                    return Duration.ofMillis(10);
                })
                .credentials(() -> {
                    probe.accept("credentials");
                    return Credentials.of("u", "p");
                })
                .listener(new ClientListener() {
                    @Override
                    public void connected(MqttClient connected, ConnectResult result) {
                        probe.accept("listener");
                    }
                })
                .build();
        try (MqttClient closed = client[0]) {
            closed.connectAsync()
                    .thenRun(() -> probe.accept("connect's future"))
                    .get(5, TimeUnit.SECONDS);
            closed.subscribeAsync("t", Qos.AT_LEAST_ONCE, message -> probe.accept("handler"))
                    .thenRun(() -> probe.accept("subscribe's future"))
                    .get(5, TimeUnit.SECONDS);
            closed.publishAsync("t", "x")
                    .thenRun(() -> probe.accept("publish's future"))
                    .get(5, TimeUnit.SECONDS);
            await().until(() -> free.containsKey("handler"));
            broker.dropConnection("probe");
            await().until(() -> free.containsKey("reconnect policy"));
        }
        assertThat(free).hasSize(7).doesNotContainValue(false);
    }

    /** Whether another thread gets the session's lock while this one is in the application's code. */
    private static boolean isLockFree(MqttClient client) {
        return CompletableFuture.supplyAsync(() -> {
                    Internals.lockOnce(client);
                    return true;
                })
                .completeOnTimeout(false, 5, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @DisplayName("promise 4: with the policy WAIT a blocking publish waits for room")
    void a_blocking_publish_waits_for_room() throws Exception {
        try (MqttClient client = builder()
                .queue(2, 1000, WhenFull.WAIT)
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .build()) {
            client.connect();
            broker.goOffline();
            await().until(() -> client.state() != ClientState.CONNECTED);
            client.publishAsync("t", "1");
            client.publishAsync("t", "2");
            CompletableFuture<PublishResult> third = CompletableFuture.supplyAsync(() -> client.publish("t", "3"));
            assertThat(third).isNotDone();
            broker.goOnline();
            assertThat(third.get(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    @DisplayName("promise 5: close ends a reconnect loop and everything that waits, and nothing is connected any more")
    void close_ends_a_reconnect_loop() throws Exception {
        MqttClient client = builder()
                .clientId("loop")
                .reconnect(Reconnect.fixed(Duration.ofMillis(10)))
                .build();
        client.connect();
        broker.goOffline();
        await().until(() -> client.state() == ClientState.WAITING || client.state() == ClientState.CONNECTING);
        CompletableFuture<PublishResult> waiting = client.publishAsync("t", "x");

        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThatThrownBy(() -> waiting.get(1, TimeUnit.SECONDS)).hasCauseInstanceOf(ClientClosedException.class);
        assertThatThrownBy(client::connect).isInstanceOf(ClientClosedException.class);
        broker.goOnline();
        assertThat(broker.connectedClients()).isEmpty();
    }

    @Test
    @DisplayName("promise 5: disconnect stops a reconnect loop, and connect starts again")
    void disconnect_stops_a_reconnect_loop() {
        try (MqttClient client =
                builder().reconnect(Reconnect.fixed(Duration.ofHours(1))).build()) {
            client.connect();
            broker.goOffline();
            await().until(() -> client.state() == ClientState.WAITING);
            client.disconnect();
            assertThat(client.state()).isEqualTo(ClientState.IDLE);
            broker.goOnline();
            client.connect();
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("from disconnect on nothing is taken, whatever its QoS")
    void nothing_is_taken_while_disconnecting() {
        try (MqttClient client = builder().build()) {
            client.connect();
            broker.silent(true);
            client.publishAsync("t", "keeps the disconnect waiting");
            CompletableFuture<Void> disconnected =
                    client.disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, Duration.ofHours(1));
            await().until(() -> client.state() == ClientState.DISCONNECTING);
            for (Qos qos : Qos.values()) {
                Message late = Message.of("t", "late").withQos(qos);
                assertThatThrownBy(() -> client.publish(late)).isInstanceOf(NotConnectedException.class);
            }
            assertThat(disconnected).isNotDone();
        }
    }

    @Test
    @DisplayName("promise 5: close does not wait as long as the disconnect that is under way would")
    void close_shortens_a_disconnect() {
        MqttClient client = builder().build();
        client.connect();
        broker.silent(true);
        client.publishAsync("t", "keeps the disconnect waiting");
        CompletableFuture<Void> disconnected =
                client.disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, Duration.ofHours(1));
        await().until(() -> client.state() == ClientState.DISCONNECTING);

        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(disconnected).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("promise 6: each reconnect sends the same CONNECT, with fresh credentials")
    void reconnect_sends_the_same_connect() {
        AtomicInteger asked = new AtomicInteger();
        try (MqttClient client = builder()
                .clientId("same")
                .protocol(ProtocolVersion.V5)
                .userProperty("site", "tasmania")
                .will(Message.of("gone", "bye"))
                .credentials(() -> Credentials.of("u", "secret" + asked.incrementAndGet()))
                .reconnect(Reconnect.fixed(Duration.ofMillis(10)))
                .build()) {
            client.connect();
            for (int connection = 2; connection <= 4; connection++) {
                int connects = connection;
                broker.dropConnection("same");
                await().until(() -> broker.connects().size() == connects && client.isConnected());
            }
        }
        Connect first = broker.connects().get(0);
        assertThat(first.properties().toString()).contains("tasmania");
        assertThat(broker.connects()).allSatisfy(connect -> {
            assertThat(connect.clientId()).isEqualTo("same");
            assertThat(connect.username()).isEqualTo("u");
            assertThat(connect.will()).isEqualTo(first.will());
            assertThat(connect.properties()).isEqualTo(first.properties());
        });
        assertThat(broker.connects())
                .extracting(connect -> new String(connect.password(), StandardCharsets.UTF_8))
                .containsExactly("secret1", "secret2", "secret3", "secret4");
    }

    @Test
    @DisplayName("a slow handler stops its own reading and nobody else's; what waits is bounded")
    void a_slow_handler_stops_its_own_reading_only() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger slow = new AtomicInteger();
        AtomicInteger quick = new AtomicInteger();
        try (MqttClient slowClient = builder().inbox(10, 1_000_000).build();
                MqttClient quickClient = builder().build()) {
            slowClient.connect();
            quickClient.connect();
            slowClient.subscribe("t", Qos.AT_MOST_ONCE, message -> {
                go.await();
                slow.incrementAndGet();
            });
            quickClient.subscribe("t", Qos.AT_MOST_ONCE, message -> quick.incrementAndGet());
            for (int i = 0; i < 2000; i++) {
                broker.publish(Message.of("t", new byte[1000]).withQos(Qos.AT_MOST_ONCE));
            }
            await().until(() -> quick.get() == 2000);
            assertThat(slow).hasValue(0);
            go.countDown();
            await().until(() -> slow.get() == 2000);
        }
    }

    @Test
    @DisplayName("2,000 clients in one JVM need a handful of threads")
    void many_clients_need_few_threads() throws Exception {
        int before = Thread.activeCount();
        List<MqttClient> clients = new ArrayList<>();
        try {
            List<CompletableFuture<ConnectResult>> connecting = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                MqttClient client = builder().clientId("c" + i).build();
                clients.add(client);
                connecting.add(client.connectAsync());
            }
            for (CompletableFuture<ConnectResult> connected : connecting) {
                connected.get(20, TimeUnit.SECONDS);
            }
            assertThat(Thread.activeCount() - before).isLessThan(16);
        } finally {
            clients.stream().map(MqttClient::closeAsync).toList().forEach(CompletableFuture::join);
        }
        await().until(() -> broker.connectedClients().isEmpty());
    }

    @Test
    void a_request_gets_its_response() {
        try (MqttClient server = builder().protocol(ProtocolVersion.V5).build();
                MqttClient client = builder().protocol(ProtocolVersion.V5).build()) {
            server.connect();
            client.connect();
            server.subscribe(
                    "add",
                    request -> server.publish(
                            Message.of(Objects.requireNonNull(request.responseTopic()), request.text() + "=3")
                                    .withCorrelationData(request.correlationData())));
            assertThat(client.request("add", "1+2").text()).isEqualTo("1+2=3");
            assertThat(client.request("add", "2+1").text()).isEqualTo("2+1=3");
        }
    }

    @Test
    @DisplayName(
            "MQTT 5, 4.11: the client goes where the broker sends it, and waits as its policy says when that server lets it go")
    void a_redirect_is_followed_once_and_without_a_hot_loop() {
        AtomicInteger asked = new AtomicInteger();
        try (TestBroker other = TestBroker.start();
                MqttClient client = builder()
                        .clientId("moved")
                        .protocol(ProtocolVersion.V5)
                        .redirects(Redirects.follow())
                        .reconnect(attempt -> {
                            asked.incrementAndGet();
                            return Duration.ofMillis(10);
                        })
                        .build()) {
            client.connect();
            broker.disconnect(
                    "moved",
                    ReasonCode.SERVER_MOVED,
                    MqttProperties.of(Property.SERVER_REFERENCE, "127.0.0.1:" + other.port()));
            other.awaitConnected("moved", Duration.ofSeconds(5));
            assertThat(asked).hasValue(0);
            await().until(client::isConnected);
            other.dropConnection("moved");
            await().until(() -> other.connects().size() == 2);
            assertThat(asked).hasValue(1);
        }
    }
}
