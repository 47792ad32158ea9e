package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client as an application sees it, against the test broker. */
class MqttClientTest {
    private TestBroker broker;

    @BeforeEach
    void startBroker() {
        broker = TestBroker.start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private MqttClientBuilder builder(ProtocolVersion version) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(version)
                .callTimeout(Duration.ofSeconds(10))
                .closeTimeout(Duration.ofSeconds(2));
    }

    @Test
    void what_is_published_right_after_connect_async_waits_for_the_connection() {
        for (int round = 0; round < 20; round++) {
            try (MqttClient client = builder(ProtocolVersion.V5).build()) {
                client.connectAsync();
                assertThat(client.publishAsync("greetings/early", "hello"))
                        .succeedsWithin(Duration.ofSeconds(5))
                        .isNotNull();
                client.disconnect();
                client.connectAsync();
                assertThat(client.publishAsync("greetings/early", "again"))
                        .succeedsWithin(Duration.ofSeconds(5))
                        .isNotNull();
            }
        }
    }

    @Test
    void there_is_no_connection_result_while_there_is_no_connection() {
        try (MqttClient client = builder(ProtocolVersion.V5).build()) {
            assertThat(client.connection()).isNull();
            client.connect();
            assertThat(client.connection()).isNotNull();

            broker.goOffline();

            await().until(() -> client.state() != ClientState.CONNECTED);
            assertThat(client.connection()).isNull();
            broker.goOnline();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void close_waits_for_what_is_in_flight_and_not_longer(Qos qos) {
        for (int round = 0; round < 10; round++) {
            MqttClient client = builder(ProtocolVersion.V5)
                    .closeTimeout(Duration.ofSeconds(20))
                    .build();
            client.connect();
            CompletableFuture<PublishResult> sent =
                    client.publishAsync(Message.of("greetings/last", "bye").withQos(qos));
            assertThat(broker.awaitMessage(seen -> seen.topic().equals("greetings/last"), Duration.ofSeconds(5)))
                    .isNotNull();

            assertThat(client.closeAsync()).succeedsWithin(Duration.ofSeconds(10));
            assertThat(sent).succeedsWithin(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_qos_travels_in_every_version(ProtocolVersion version) throws Exception {
        BlockingQueue<Message> received = new LinkedBlockingQueue<>();
        try (MqttClient client = builder(version).build()) {
            client.connect();
            client.subscribe("greetings/#", Qos.EXACTLY_ONCE, received::add);
            for (Qos qos : Qos.values()) {
                client.publish(Message.of("greetings/" + qos, "hello").withQos(qos));
                Message message = received.poll(5, TimeUnit.SECONDS);
                assertThat(message).isNotNull();
                assertThat(message.topic()).isEqualTo("greetings/" + qos);
                assertThat(message.text()).isEqualTo("hello");
                assertThat(message.qos()).isEqualTo(qos);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void many_messages_arrive_in_order(ProtocolVersion version) {
        List<String> received = new CopyOnWriteArrayList<>();
        try (MqttClient client = builder(version).build()) {
            client.connect();
            client.subscribe("n", Qos.EXACTLY_ONCE, message -> received.add(message.text()));
            IntStream.range(0, 3000)
                    .mapToObj(i -> client.publishAsync(
                            Message.of("n", Integer.toString(i)).withQos(Qos.of(1 + i % 2))))
                    .toList()
                    .forEach(publication ->
                            publication.orTimeout(10, TimeUnit.SECONDS).join());
            await().atMost(Duration.ofSeconds(10)).until(() -> received.size() == 3000);
        }
        assertThat(received)
                .isEqualTo(IntStream.range(0, 3000).mapToObj(Integer::toString).toList());
    }

    @Test
    void any_blocking_call_may_be_made_from_a_handler() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (MqttClient client = builder(ProtocolVersion.V3_1_1).build()) {
            client.connect();
            client.subscribe("ask", message -> {
                client.subscribe("answer", answer -> received.add(answer.text()));
                client.publish("answer", "to " + message.text());
            });
            client.publish("ask", "a question");
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("to a question");
        }
    }

    @Test
    @DisplayName(
            "[MQTT-3.3.4-6] a message that is published on does not bring along the identifier of its subscription")
    void a_received_message_is_published_on_without_its_subscription_identifier() {
        try (MqttClient client = builder(ProtocolVersion.V5).build()) {
            client.connect();
            assertThat(client.subscribeAsync(
                            List.of(TopicSubscription.of("in", Qos.AT_LEAST_ONCE)),
                            MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 7),
                            message -> client.publishAsync(message.withTopic("copy"))))
                    .succeedsWithin(Duration.ofSeconds(5));

            client.publish("in", "x");

            SeenMessage copy = broker.awaitMessage(seen -> seen.topic().equals("copy"), Duration.ofSeconds(5));
            assertThat(copy.message().properties().has(Property.SUBSCRIPTION_IDENTIFIER))
                    .isFalse();
            assertThat(broker.connects()).hasSize(1);
        }
    }

    @Test
    void a_handler_that_throws_does_not_stop_the_next_message() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        BlockingQueue<String> failures = new LinkedBlockingQueue<>();
        MqttClientBuilder builder = builder(ProtocolVersion.V3_1_1).listener(new ClientListener() {
            @Override
            public void handlerFailed(MqttClient client, Message message, Throwable failure) {
                failures.add(message.topic() + " " + failure.getMessage());
            }
        });
        try (MqttClient client = builder.build()) {
            client.connect();
            client.subscribe("t", message -> {
                if (message.text().equals("bad")) {
                    throw new IllegalStateException("no good");
                }
                received.add(message.text());
            });
            client.publish("t", "bad");
            client.publish("t", "good");
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("good");
            assertThat(failures.poll(5, TimeUnit.SECONDS)).isEqualTo("t no good");
        }
    }

    @Test
    void publishing_without_a_connection_fails_at_once() {
        try (MqttClient client = builder(ProtocolVersion.V3_1_1).build()) {
            assertThatThrownBy(() -> client.publish("t", "x"))
                    .isInstanceOf(NotConnectedException.class)
                    .hasMessageContaining("call connect first");
        }
    }

    @Test
    void a_connection_that_nobody_accepts_is_reported_and_not_tried_again() {
        int port = broker.port();
        broker.close();
        try (MqttClient client =
                MqttClient.builder().server("mqtt://127.0.0.1:" + port).build()) {
            assertThatThrownBy(client::connect)
                    .isInstanceOfSatisfying(
                            MqttConnectException.class,
                            failure -> assertThat(failure.failure().reason()).isEqualTo(FailureReason.REFUSED));
            assertThat(client.state()).isEqualTo(ClientState.IDLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_lost_connection_comes_back_with_its_subscriptions(ProtocolVersion version) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttClientBuilder builder =
                builder(version).clientId("phoenix").reconnect(Reconnect.fixed(Duration.ofMillis(20)));
        try (MqttClient client = builder.build()) {
            client.connect();
            client.subscribe("t", message -> received.add(message.text()));
            broker.dropConnection("phoenix");
            await().until(() -> client.state() != ClientState.CONNECTED || received.isEmpty());
            client.publish("t", "after");
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("after");
        }
    }

    @Test
    void an_executor_of_one_thread_is_enough_for_blocking_calls_in_handlers() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        ExecutorService one = Executors.newSingleThreadExecutor();
        try (MqttClient client =
                builder(ProtocolVersion.V5).executor(one).clientId("single").build()) {
            client.connect();
            client.subscribe("ask", message -> {
                client.publishAsync("elsewhere", "first");
                client.subscribe("answer", answer -> received.add(answer.text()));
                client.publish("answer", "to " + message.text());
                client.unsubscribe("answer");
            });
            client.publish("ask", "a question");
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("to a question");
        } finally {
            one.shutdown();
        }
    }

    @Test
    void a_handler_may_wait_for_the_response_to_a_request_of_its_own() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (MqttClient client = builder(ProtocolVersion.V5).build();
                MqttClient server = builder(ProtocolVersion.V5).build()) {
            client.connect();
            server.connect();
            server.subscribe("question", question -> {
                String to = question.responseTopic();
                assertThat(to).isNotNull();
                server.publish(Message.of(to, "yes").withCorrelationData(question.correlationData()));
            });
            client.subscribe(
                    "ask",
                    message -> received.add(client.request("question", "well?").text()));
            client.publish("ask", "now");
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("yes");
        }
    }
}
