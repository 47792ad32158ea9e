package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.FailurePolicy.Outcome;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.ScriptedBroker;
import io.godwit.testkit.TestBroker;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailurePolicyTest {
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final AtomicInteger calls = new AtomicInteger();

    private MqttClientBuilder builder(String server, ProtocolVersion version) {
        return MqttClient.builder()
                .server(server)
                .protocol(version)
                .clientId("c")
                .closeTimeout(Duration.ofMillis(200))
                .listener(new ClientListener() {
                    @Override
                    public void messageFailed(MqttClient client, Message message, Throwable failure, Outcome outcome) {
                        outcomes.add(outcome);
                    }
                });
    }

    private static Publish message(int id, Qos qos, String topic) {
        return new Publish(new Message(topic, new byte[] {1}, qos, false, MqttProperties.NONE), false, id, 0);
    }

    /** A broker that sends a message that fails and one behind it. */
    private static ScriptedBroker broker(ProtocolVersion version, Qos qos, int answers) {
        return ScriptedBroker.start(script -> {
            script.accept(version)
                    .send(message(1, qos, "bad"), version)
                    .send(message(2, Qos.AT_LEAST_ONCE, "good"), version);
            for (int i = 0; i < answers; i++) {
                script.expect(i == 0 && qos == Qos.EXACTLY_ONCE ? PacketType.PUBREC : PacketType.PUBACK, version);
            }
        });
    }

    private void fail(Message message) {
        if (message.topic().equals("bad")) {
            calls.incrementAndGet();
            throw new IllegalStateException("no good");
        }
    }

    /** What the broker receives for both messages. */
    private List<Packet> answers(ProtocolVersion version, Qos qos, HandlerOptions options, int count) {
        try (ScriptedBroker broker = broker(version, qos, count);
                MqttClient client = builder(broker.uri(), version)
                        .handlerOptions(options)
                        .handler("#", this::fail)
                        .build()) {
            client.connect();
            await().until(() -> answers(broker).size() >= count);
            return answers(broker);
        }
    }

    private static List<Packet> answers(ScriptedBroker broker) {
        return broker.received().stream()
                .filter(packet -> packet instanceof Puback || packet instanceof Pubrec)
                .toList();
    }

    private static Puback puback(int id, ReasonCode reason) {
        return new Puback(id, reason, MqttProperties.NONE);
    }

    // ---- acknowledging and rejecting ----

    @Test
    void by_default_a_message_whose_handler_fails_is_rejected_with_a_reason_code() {
        List<Packet> answers = answers(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, HandlerOptions.defaults(), 2);

        assertThat(answers)
                .containsExactly(puback(1, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR), puback(2, ReasonCode.SUCCESS));
        assertThat(outcomes).containsExactly(Outcome.REJECTED);
    }

    @Test
    @DisplayName("PUBREC with an error ends the exchange [MQTT-4.3.3-8]")
    void a_message_of_qos_2_is_rejected_in_pubrec() {
        List<Packet> answers = answers(
                ProtocolVersion.V5,
                Qos.EXACTLY_ONCE,
                HandlerOptions.defaults().withFailurePolicy(FailurePolicy.reject(ReasonCode.NOT_AUTHORIZED)),
                2);

        assertThat(answers.get(0)).isEqualTo(new Pubrec(1, ReasonCode.NOT_AUTHORIZED, MqttProperties.NONE));
    }

    @Test
    void before_mqtt_5_a_rejected_message_is_acknowledged() {
        List<Packet> answers = answers(ProtocolVersion.V3_1_1, Qos.AT_LEAST_ONCE, HandlerOptions.defaults(), 2);

        assertThat(answers).containsExactly(puback(1, ReasonCode.SUCCESS), puback(2, ReasonCode.SUCCESS));
        assertThat(outcomes).containsExactly(Outcome.ACKNOWLEDGED);
    }

    @Test
    void a_message_may_be_acknowledged_although_its_handler_fails() {
        List<Packet> answers = answers(
                ProtocolVersion.V5,
                Qos.AT_LEAST_ONCE,
                HandlerOptions.defaults().withFailurePolicy(FailurePolicy.acknowledge()),
                2);

        assertThat(answers).containsExactly(puback(1, ReasonCode.SUCCESS), puback(2, ReasonCode.SUCCESS));
        assertThat(outcomes).containsExactly(Outcome.ACKNOWLEDGED);
    }

    @Test
    void a_message_that_is_left_unacknowledged_does_not_hold_up_the_one_behind_it() {
        List<Packet> answers = answers(
                ProtocolVersion.V3_1_1,
                Qos.AT_LEAST_ONCE,
                HandlerOptions.defaults().withFailurePolicy(FailurePolicy.leaveUnacknowledged()),
                1);

        assertThat(answers).containsExactly(puback(2, ReasonCode.SUCCESS));
        assertThat(outcomes).containsExactly(Outcome.LEFT_UNACKNOWLEDGED);
    }

    @Test
    void a_message_that_was_left_unacknowledged_comes_again_on_the_next_connection() throws Exception {
        for (Qos qos : List.of(Qos.AT_LEAST_ONCE, Qos.EXACTLY_ONCE)) {
            BlockingQueue<String> handled = new LinkedBlockingQueue<>();
            try (TestBroker broker = TestBroker.start();
                    MqttClient client = builder(broker.uri(), ProtocolVersion.V5)
                            .cleanSession(false)
                            .reconnect(Reconnect.fixed(Duration.ofMillis(10)))
                            .handlerOptions(
                                    HandlerOptions.defaults().withFailurePolicy(FailurePolicy.leaveUnacknowledged()))
                            .build()) {
                client.connect();
                AtomicInteger tries = new AtomicInteger();
                client.subscribe("t", qos, message -> {
                    if (tries.getAndIncrement() == 0) {
                        throw new IllegalStateException("not yet");
                    }
                    handled.add(message.text());
                });
                broker.publish(Message.of("t", "x").withQos(qos));
                assertThat(outcomes.poll(5, TimeUnit.SECONDS)).isEqualTo(Outcome.LEFT_UNACKNOWLEDGED);

                broker.dropConnection("c");

                assertThat(handled.poll(5, TimeUnit.SECONDS)).isEqualTo("x");
                await().until(() -> broker.pending("c").isEmpty());
            }
        }
    }

    @Test
    void a_handler_may_reject_its_message_with_a_reason_and_a_text() {
        try (ScriptedBroker broker = broker(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, 2);
                MqttClient client = builder(broker.uri(), ProtocolVersion.V5)
                        .manualHandler("#", (message, acknowledgement) -> {
                            if (message.topic().equals("bad")) {
                                acknowledgement.reject(ReasonCode.QUOTA_EXCEEDED, "no room");
                                acknowledgement.acknowledge(); // too late
                            } else {
                                acknowledgement.acknowledge();
                            }
                        })
                        .build()) {
            client.connect();

            await().until(() -> answers(broker).size() == 2);

            assertThat(answers(broker))
                    .containsExactly(
                            new Puback(
                                    1, ReasonCode.QUOTA_EXCEEDED, MqttProperties.of(Property.REASON_STRING, "no room")),
                            puback(2, ReasonCode.SUCCESS));
        }
    }

    @Test
    void a_manual_handler_that_fails_before_it_has_acknowledged_is_subject_to_the_policy() {
        try (ScriptedBroker broker = broker(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, 2);
                MqttClient client = builder(broker.uri(), ProtocolVersion.V5)
                        .manualHandler("#", (message, acknowledgement) -> {
                            fail(message);
                            acknowledgement.acknowledge();
                        })
                        .build()) {
            client.connect();

            await().until(() -> answers(broker).size() == 2);

            assertThat(answers(broker))
                    .containsExactly(
                            puback(1, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR), puback(2, ReasonCode.SUCCESS));
        }
    }

    @Test
    void of_two_handlers_the_one_that_fails_decides() {
        try (ScriptedBroker broker = broker(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, 2);
                MqttClient client = builder(broker.uri(), ProtocolVersion.V5)
                        .handler("bad", this::fail)
                        .handler("#", message -> {})
                        .build()) {
            client.connect();

            await().until(() -> answers(broker).size() == 2);

            assertThat(answers(broker).get(0)).isEqualTo(puback(1, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR));
        }
    }

    // ---- retries ----

    @Test
    void a_handler_is_called_again_before_the_messages_behind_it_and_at_most_so_often() {
        HandlerOptions options = HandlerOptions.defaults()
                .withFailurePolicy(FailurePolicy.retry(
                        3, Duration.ofMillis(1), Duration.ofMillis(2), FailurePolicy.leaveUnacknowledged()));

        List<Packet> answers = answers(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, options, 1);

        assertThat(calls).hasValue(4);
        assertThat(answers).containsExactly(puback(2, ReasonCode.SUCCESS));
        assertThat(outcomes).containsExactly(Outcome.LEFT_UNACKNOWLEDGED);
    }

    @Test
    void a_retry_that_succeeds_acknowledges_the_message_and_keeps_the_order() throws Exception {
        BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client =
                        builder(broker.uri(), ProtocolVersion.V3_1_1).build()) {
            client.connect();
            AtomicInteger tries = new AtomicInteger();
            client.subscribe(
                    TopicSubscription.of("t", Qos.EXACTLY_ONCE),
                    HandlerOptions.defaults()
                            .withFailurePolicy(FailurePolicy.retry(
                                    5, Duration.ofMillis(1), Duration.ofMillis(1), FailurePolicy.reject())),
                    message -> {
                        if (message.text().equals("1") && tries.getAndIncrement() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                        handled.add(message.text());
                    });

            for (int i = 0; i < 3; i++) {
                broker.publish(Message.of("t", "" + i).withQos(Qos.EXACTLY_ONCE));
            }

            await().until(() -> handled.size() == 3);
            assertThat(handled).containsExactly("0", "1", "2");
            await().until(() -> broker.pending("c").isEmpty());
            assertThat(outcomes).isEmpty();
        }
    }

    @Test
    void a_failure_that_no_retry_can_heal_is_final_at_once() {
        HandlerOptions options = HandlerOptions.defaults()
                .withFailurePolicy(
                        FailurePolicy.retry(3, Duration.ofMillis(1), Duration.ofMillis(2), FailurePolicy.reject())
                                .butNot(IllegalStateException.class));

        answers(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, options, 2);

        assertThat(calls).hasValue(1);
        assertThat(outcomes).containsExactly(Outcome.REJECTED);
    }

    @Test
    void the_cause_of_a_failure_counts_too() {
        FailurePolicy.Retry retry = FailurePolicy.retry(3, Duration.ZERO, Duration.ZERO, FailurePolicy.reject())
                .butNot(IllegalArgumentException.class)
                .butNot(ClassCastException.class);

        assertThat(retry.isRetried(new IllegalStateException("busy"))).isTrue();
        assertThat(retry.isRetried(new ClassCastException())).isFalse();
        assertThat(retry.isRetried(new IllegalStateException(new NumberFormatException("x"))))
                .isFalse();
    }

    @Test
    void delays_double_up_to_the_longest() {
        FailurePolicy.Retry retry =
                FailurePolicy.retry(10, Duration.ofMillis(100), Duration.ofMillis(350), FailurePolicy.acknowledge());

        assertThat(List.of(retry.delay(1), retry.delay(2), retry.delay(3), retry.delay(9)))
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(350), Duration.ofMillis(350));
    }

    // ---- dead letters ----

    @Test
    void a_dead_letter_has_the_message_its_topic_and_the_cause() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri(), ProtocolVersion.V5)
                        .handlerOptions(
                                HandlerOptions.defaults().withFailurePolicy(FailurePolicy.deadLetter("dead/{topic}")))
                        .build()) {
            client.connect();
            client.subscribe("bad", this::fail);

            broker.publish(Message.of("bad", "x").withUserProperty("trace", "7"));

            Message letter = broker.awaitMessage(
                            seen -> seen.message().topic().equals("dead/bad"), Duration.ofSeconds(5))
                    .message();
            assertThat(letter.text()).isEqualTo("x");
            assertThat(letter.userProperty("trace")).isEqualTo("7");
            assertThat(letter.userProperty("dead-letter-topic")).isEqualTo("bad");
            assertThat(letter.userProperty("dead-letter-cause")).contains("IllegalStateException", "no good");
            await().until(() -> broker.pending("c").isEmpty());
            await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.DEAD_LETTERED));
        }
    }

    @Test
    void a_dead_letter_that_fails_itself_is_not_published_again() {
        AtomicInteger handled = new AtomicInteger();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri(), ProtocolVersion.V3_1_1)
                        .handlerOptions(
                                HandlerOptions.defaults().withFailurePolicy(FailurePolicy.deadLetter("dead/{topic}")))
                        .build()) {
            client.connect();
            client.subscribe("#", message -> {
                handled.incrementAndGet();
                throw new IllegalStateException("no good");
            });

            broker.publish(Message.of("t", "x"));

            await().untilAsserted(() ->
                    assertThat(outcomes).containsExactlyInAnyOrder(Outcome.ACKNOWLEDGED, Outcome.DEAD_LETTERED));
            assertThat(handled).hasValue(2);
            assertThat(broker.messages()).hasSize(2);
        }
    }

    @Test
    void a_dead_letter_may_go_to_a_handler_and_if_that_fails_the_message_is_rejected() {
        BlockingQueue<String> dead = new LinkedBlockingQueue<>();
        HandlerOptions options = HandlerOptions.defaults()
                .withFailurePolicy(FailurePolicy.deadLetter((message, cause) -> {
                    dead.add(message.topic() + ": " + cause.getMessage());
                    if (dead.size() > 1) {
                        throw new IllegalStateException("no good either");
                    }
                }));

        List<Packet> first = answers(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, options, 2);
        List<Packet> second = answers(ProtocolVersion.V5, Qos.AT_LEAST_ONCE, options, 2);

        assertThat(dead).containsExactly("bad: no good", "bad: no good");
        assertThat(first.get(0)).isEqualTo(puback(1, ReasonCode.SUCCESS));
        assertThat(second.get(0)).isEqualTo(puback(1, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR));
        assertThat(outcomes).containsExactly(Outcome.DEAD_LETTERED, Outcome.REJECTED);
    }

    // ---- settings ----

    @Test
    void settings_that_cannot_work_are_rejected() {
        Duration second = Duration.ofSeconds(1);
        FailurePolicy retry = FailurePolicy.retry(1, second, second, FailurePolicy.reject());

        assertThatThrownBy(() -> FailurePolicy.reject(ReasonCode.SUCCESS)).hasMessageContaining("must be one of");
        assertThatThrownBy(() -> FailurePolicy.retry(0, second, second, FailurePolicy.reject()))
                .hasMessageContaining("must be 1 to 1000");
        assertThatThrownBy(() -> FailurePolicy.retry(1, second, Duration.ZERO, FailurePolicy.reject()))
                .hasMessageContaining("the longest at least that");
        assertThatThrownBy(() -> FailurePolicy.retry(1, second, second, retry))
                .hasMessageContaining("retries cannot be followed by retries");
        assertThatThrownBy(() -> FailurePolicy.deadLetter("dead/#")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FailurePolicy.deadLetter("{topic}")).hasMessageContaining("add something to it");
    }

    @Test
    void a_client_that_was_closed_before_a_retry_leaves_nothing_on_its_event_loop() throws Exception {
        NettyTransport transport = new NettyTransport(1);
        try (TestBroker broker = TestBroker.start()) {
            WeakReference<Object> handler = closedBeforeRetry(transport, broker.uri());

            await().until(() -> {
                System.gc();
                return handler.get() == null;
            });
        } finally {
            transport.close();
        }
    }

    /** What only a closed client refers to. Its handler has failed within a batch, and would be called again in a minute. */
    private static WeakReference<Object> closedBeforeRetry(NettyTransport transport, String server) throws Exception {
        CountDownLatch allSent = new CountDownLatch(1);
        CountDownLatch failed = new CountDownLatch(1);
        MessageHandler handler = message -> {
            allSent.await();
            if (message.text().equals("bad")) {
                failed.countDown();
                throw new IllegalStateException("no good");
            }
        };
        HandlerOptions retrying = HandlerOptions.defaults()
                .withFailurePolicy(FailurePolicy.retry(
                        3, Duration.ofMinutes(1), Duration.ofMinutes(1), FailurePolicy.acknowledge()));
        try (MqttClient client = TransportAccess.use(MqttClient.builder().server(server), transport)
                .closeTimeout(Duration.ofMillis(200))
                .handlerOptions(retrying)
                .build()) {
            client.connect();
            client.subscribe("t", Qos.AT_LEAST_ONCE, handler);
            for (String text : List.of("first", "bad", "good")) {
                client.publish(Message.of("t", text).withQos(Qos.AT_LEAST_ONCE));
            }
            await().until(() -> client.statistics().messages().received().total() == 3);
            allSent.countDown();
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        return new WeakReference<>(handler);
    }
}
