package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.ScriptedBroker;
import io.godwit.testkit.TestBroker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Nothing that connects or disconnects stays pending")
class ConnectionLimitsTest {
    private static final ProtocolVersion V5 = ProtocolVersion.V5;

    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        @SuppressWarnings("unchecked")
        T unchecked = (T) thrown;
        throw unchecked;
    }

    private static final List<Throwable> FAILURES = List.of(
            new IllegalStateException("x"),
            new OutOfMemoryError("fake"),
            new StackOverflowError(),
            new LinkageError("x"));

    @Test
    @DisplayName("a DISCONNECT that the broker never received fails its future: it may publish the will")
    void a_disconnect_that_was_not_sent_fails_its_future() {
        CountDownLatch disconnecting = new CountDownLatch(1);
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(V5)
                        .expect(PacketType.PUBLISH, V5)
                        .run(() -> awaitQuietly(disconnecting))
                        .reset());
                MqttClient client =
                        MqttClient.builder().server(broker.uri()).protocol(V5).build()) {
            client.connect();
            client.publishAsync(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            CompletableFuture<Void> disconnected = client.disconnectAsync(
                    ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, MqttProperties.NONE, Duration.ofSeconds(20));
            disconnecting.countDown();

            assertThatThrownBy(() -> disconnected.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(NotConnectedException.class)
                    .hasMessageContaining("DISCONNECT was not sent");
            assertThat(client.state()).isEqualTo(ClientState.IDLE);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_disconnect_that_cannot_be_written_is_rejected_at_once() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        MqttClient.builder().server(broker.uri()).protocol(V5).build()) {
            client.connect();
            for (MqttProperties properties : List.of(
                    MqttProperties.of(Property.REASON_STRING, "x".repeat(65_536)),
                    MqttProperties.of(Property.CONTENT_TYPE, "x"),
                    MqttProperties.of(Property.SERVER_REFERENCE, "x"))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> client.disconnectAsync(ReasonCode.SUCCESS, properties, Duration.ZERO));
            }
            assertThat(client.publish("t", "still connected")).isNotNull();
        }
    }

    @Test
    void a_credentials_supplier_that_throws_fails_the_attempt() {
        try (TestBroker broker = TestBroker.start()) {
            for (Throwable thrown : FAILURES) {
                AtomicInteger calls = new AtomicInteger();
                try (MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .retryFirst(true)
                        .reconnect(Reconnect.fixed(Duration.ofMillis(5)))
                        .credentials(() -> {
                            if (calls.incrementAndGet() < 3) {
                                throw sneaky(thrown);
                            }
                            return null;
                        })
                        .build()) {
                    client.connect();

                    assertThat(calls).hasValue(3);
                }
            }
        }
    }

    @Test
    void a_credentials_supplier_that_never_returns_fails_the_attempt() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:1")
                .callTimeout(Duration.ofMillis(200))
                .credentials(() -> {
                    awaitQuietly(never);
                    return null;
                })
                .build()) {
            CompletableFuture<ConnectResult> connected = client.connectAsync();

            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("timed out after 200 ms waiting for credentials")
                    .cause()
                    .isInstanceOfSatisfying(
                            MqttConnectException.class,
                            failure -> assertThat(failure.failure().reason())
                                    .isEqualTo(FailureReason.CREDENTIALS_UNAVAILABLE));
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_reconnect_policy_that_throws_ends_the_attempts_with_a_failure() {
        for (Throwable thrown : FAILURES) {
            try (MqttClient client = MqttClient.builder()
                    .server("mqtt://127.0.0.1:1")
                    .retryFirst(true)
                    .reconnect(attempt -> {
                        throw sneaky(thrown);
                    })
                    .build()) {
                CompletableFuture<ConnectResult> connected = client.connectAsync();

                assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(MqttConnectException.class);
            }
        }
    }

    @Test
    void a_resolver_that_throws_an_error_is_a_failed_attempt() {
        List<String> failures = new CopyOnWriteArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .transport(TransportOptions.to("mqtt://broker.example:" + broker.port()).toBuilder()
                                .resolver(host -> {
                                    if (calls.incrementAndGet() < 4) {
                                        throw sneaky(new NoClassDefFoundError("no file handle"));
                                    }
                                    return List.of(InetAddress.getLoopbackAddress());
                                })
                                .build())
                        .retryFirst(true)
                        .reconnect(Reconnect.fixed(Duration.ofMillis(5)))
                        .listener(new ClientListener() {
                            @Override
                            public void connectFailed(MqttClient from, ConnectFailure failure, Duration next) {
                                failures.add(failure.text());
                            }
                        })
                        .build()) {
            client.connect();

            await().untilAsserted(
                            () -> assertThat(failures).hasSize(3).allMatch(text -> text.contains("no file handle")));
        }
    }
}
