package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Statistics and the hooks for messages")
class StatisticsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void a_client_counts_what_it_does_through_a_cut() throws Exception {
        assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (Mosquitto mosquitto = Mosquitto.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                MqttClient client = MqttClient.builder()
                        .server(proxy.uri())
                        .protocol(ProtocolVersion.V5)
                        .keepAlive(Duration.ofSeconds(1))
                        .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                        .build()) {
            assertThat(client.statistics().connections().connectedSince()).isNull();
            client.connect();
            client.subscribe("t/#", message -> {});
            client.publish(Message.of("t/0", "x").withQos(Qos.AT_MOST_ONCE));
            client.publish(Message.of("t/1", "x"));
            client.publish(Message.of("t/2", "x").withQos(Qos.EXACTLY_ONCE));
            await().atMost(SOON).until(() -> client.statistics().messages().handled() == 3);
            await().atMost(SOON)
                    .until(() -> client.statistics().connections().pings().count() > 0);

            proxy.cut();
            await().atMost(SOON).until(() -> client.statistics().connections().made() == 2);

            ClientStatistics statistics = client.statistics();
            assertThat(statistics.publishes().accepted()).isEqualTo(new PerQos(1, 1, 1));
            assertThat(statistics.publishes().acknowledged()).isEqualTo(new PerQos(1, 1, 1));
            assertThat(statistics.publishes().failed().total()).isZero();
            assertThat(statistics.publishes().acknowledgements().count()).isEqualTo(2);
            assertThat(statistics.publishes().acknowledgements().longest())
                    .isBetween(Duration.ofNanos(1), Duration.ofSeconds(5));
            assertThat(statistics.messages().received().total()).isEqualTo(3);
            assertThat(statistics.connections().lost()).isEqualTo(1);
            assertThat(statistics.connections().attempts()).isGreaterThanOrEqualTo(2);
            assertThat(statistics.connections().connectedSince())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(statistics.connections().pings().average()).isPositive();
            assertThat(statistics.bytesSent()).isGreaterThan(60);
            assertThat(statistics.bytesReceived()).isGreaterThan(40);
        }
    }

    @Test
    void the_queue_is_described_while_there_is_no_broker() {
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + Programs.freePort())
                .protocol(ProtocolVersion.V5)
                .retryFirst(true)
                .queue(3, 1_000, QueueBounds.WhenFull.FAIL)
                .closeTimeout(Duration.ofMillis(50))
                .build()) {
            client.connectAsync();
            for (int i = 0; i < 3; i++) {
                client.publishAsync(Message.of("t", "xyz"));
            }
            client.publishAsync(Message.of("t", "too much"));

            ClientStatistics.Publishes publishes = client.statistics().publishes();
            assertThat(publishes.queue().messages()).isEqualTo(3);
            assertThat(publishes.queue().bytes()).isEqualTo(12);
            assertThat(publishes.refused()).isEqualTo(1);
            assertThat(publishes.accepted()).isEqualTo(new PerQos(0, 3, 0));
            await().atMost(SOON)
                    .until(() ->
                            client.statistics().publishes().queue().oldest().toMillis() >= 20);
        }
    }

    @Test
    void what_expires_is_counted_apart_from_what_fails() {
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + Programs.freePort())
                .protocol(ProtocolVersion.V5)
                .retryFirst(true)
                .closeTimeout(Duration.ofMillis(50))
                .build()) {
            client.connectAsync();
            client.publishAsync(Message.of("t", "x").withExpiry(Duration.ofSeconds(1)));
            client.publishAsync(Message.of("t", "x")).cancel(false);
            await().atMost(SOON)
                    .until(() -> client.statistics().publishes().expired().total() == 1);
            assertThat(client.statistics().publishes().failed()).isEqualTo(new PerQos(0, 1, 0));
        }
    }

    @Test
    void messages_that_nobody_wants_and_handlers_that_throw_are_counted() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder().server(broker.uri()).build()) {
            client.connect();
            client.subscribe("t", message -> {
                throw new IllegalStateException("x");
            });
            client.publish("t", "x");
            await().atMost(SOON).until(() -> client.statistics().messages().failed() == 1);
            await().atMost(SOON).until(() -> client.statistics().messages().handled() == 1);
            assertThat(client.statistics().messages().handlerTime()).isPositive();
        }
    }

    /** Notes each call, by name. */
    private static final class Recorder implements MessageListener {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final List<Message> messages = new CopyOnWriteArrayList<>();

        private void note(String call, Message message) {
            calls.add(call + " " + message.topic());
            messages.add(message);
        }

        @Override
        public Message publishing(MqttClient client, Message message) {
            Message changed = message.withTopic(message.topic() + "/changed");
            note("publishing", changed);
            return changed;
        }

        @Override
        public void publishAccepted(MqttClient client, Message message) {
            note("accepted", message);
        }

        @Override
        public void publishRefused(MqttClient client, Message message, RuntimeException failure) {
            note("refused " + failure.getClass().getSimpleName(), message);
        }

        @Override
        public void publishSent(MqttClient client, Message message, boolean again) {
            note(again ? "sent again" : "sent", message);
        }

        @Override
        public void publishAcknowledged(MqttClient client, Message message, PublishResult result, Duration took) {
            note("acknowledged", message);
        }

        @Override
        public void publishFailed(MqttClient client, Message message, MqttException failure, Duration took) {
            note("failed", message);
        }

        @Override
        public void messageReceived(MqttClient client, Message message) {
            note("received", message);
        }

        @Override
        public void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {
            note(failure == null ? "handled" : "handled badly", message);
        }

        void awaitCall(String call) {
            await(call).atMost(SOON).until(() -> calls.contains(call));
        }
    }

    @Test
    void each_step_of_a_publish_is_reported_with_one_object() {
        Recorder recorder = new Recorder();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .listener(recorder)
                        .build()) {
            client.connect();
            client.publishAsync(Message.of("t", "x")).join();
            client.publish(Message.of("u", "x").withQos(Qos.AT_MOST_ONCE));
            recorder.awaitCall("sent t/changed");
            recorder.awaitCall("sent u/changed");
            assertThat(broker.awaitMessage(seen -> seen.topic().equals("u/changed"), SOON))
                    .isNotNull();
        }
        assertThat(recorder.calls)
                .contains(
                        "publishing t/changed",
                        "accepted t/changed",
                        "acknowledged t/changed",
                        "accepted u/changed",
                        "acknowledged u/changed")
                .doesNotContain("failed t/changed");
        assertThat(recorder.messages.stream()
                        .filter(message -> message.topic().equals("t/changed"))
                        .map(System::identityHashCode)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void a_publish_that_is_sent_again_after_a_cut_says_so() {
        Recorder recorder = new Recorder();
        try (TestBroker broker = TestBroker.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                MqttClient client = MqttClient.builder()
                        .server(proxy.uri())
                        .clientId("again")
                        .cleanSession(false)
                        .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                        .listener(recorder)
                        .build()) {
            client.connect();
            proxy.blackhole();
            client.publishAsync(Message.of("t", "x"));
            recorder.awaitCall("sent t/changed");
            proxy.heal();
            proxy.cut();
            recorder.awaitCall("sent again t/changed");
            recorder.awaitCall("acknowledged t/changed");
        }
    }

    @Test
    void a_publish_that_is_not_accepted_or_fails_ends_too() {
        Recorder recorder = new Recorder();
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:" + Programs.freePort())
                .retryFirst(true)
                .closeTimeout(Duration.ofMillis(50))
                .listener(recorder)
                .build()) {
            client.publishAsync("early", "x");
            client.connectAsync();
            client.publishAsync("late", "x");
            client.publishAsync("cancelled", "x").cancel(false);
        }
        recorder.awaitCall("failed late/changed");
        assertThat(recorder.calls).contains("refused NotConnectedException early/changed", "failed cancelled/changed");
    }

    @Test
    void handlers_are_between_received_and_handled() {
        Recorder recorder = new Recorder();
        CountDownLatch handled = new CountDownLatch(2);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .listener(recorder)
                        .build()) {
            client.connect();
            client.subscribe(TopicSubscription.of("good", Qos.AT_LEAST_ONCE), message -> {
                recorder.calls.add("handler good");
                handled.countDown();
            });
            client.subscribe("bad", message -> {
                handled.countDown();
                throw new IllegalStateException("x");
            });
            broker.publish(Message.of("good", "x"));
            broker.publish(Message.of("bad", "x"));
            recorder.awaitCall("handled badly bad");
            assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(recorder.calls).containsSubsequence("received good", "handler good", "handled good");
    }
}
