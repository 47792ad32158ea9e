package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Each message is reported exactly once, however its handlers run")
@Timeout(60)
class MessageListenerTest {
    private static final HandlerOptions FOUR = HandlerOptions.defaults().withConcurrency(4);
    private static final int MANY = 300;

    private final Recorder recorder = new Recorder();
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
                .protocol(ProtocolVersion.V5)
                .clientId("c")
                .closeTimeout(Duration.ofSeconds(5))
                .listener(recorder);
    }

    private void publishMany() {
        for (int i = 0; i < MANY; i++) {
            broker.publish(Message.of("t/" + i % 7, "" + i).withQos(Qos.of(i % 3)));
        }
    }

    /** What is reported of each message, by its payload. */
    private static final class Recorder implements MessageListener {
        private final Map<String, List<String>> calls = new ConcurrentHashMap<>();
        private final Map<String, Duration> times = new ConcurrentHashMap<>();
        private final Map<String, Thread> handling = new ConcurrentHashMap<>();

        private void note(Message message, String call) {
            calls.computeIfAbsent(message.text(), text -> new CopyOnWriteArrayList<>())
                    .add(call);
        }

        @Override
        public void messageReceived(MqttClient client, Message message) {
            note(message, "received");
        }

        @Override
        public void handling(MqttClient client, Message message) {
            note(message, "handling");
            handling.put(message.text() + Thread.currentThread().getId(), Thread.currentThread());
        }

        @Override
        public void handlingEnded(MqttClient client, Message message) {
            boolean same =
                    handling.remove(message.text() + Thread.currentThread().getId()) != null;
            note(message, same ? "ended" : "ended on another thread");
        }

        @Override
        public void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {
            note(message, failure == null ? "handled" : "failed");
            times.put(message.text(), took);
        }

        @Override
        public void messageRejected(MqttClient client, Message message, ReasonCode reason) {
            note(message, "rejected");
        }

        void awaitEnds(int messages) {
            await().until(() -> calls.values().stream()
                            .filter(each -> each.contains("handled") || each.contains("failed"))
                            .count()
                    == messages);
        }

        Duration time() {
            return times.values().stream().reduce(Duration.ZERO, Duration::plus);
        }
    }

    private static void assertCounted(MqttClient client, int messages) {
        await().untilAsserted(() -> {
            ClientStatistics.Messages counted = client.statistics().messages();
            assertThat(counted.received().total()).isEqualTo(messages);
            assertThat(counted.handled()).isEqualTo(messages);
            assertThat(counted.inbox().messages()).isZero();
        });
    }

    @Test
    void with_one_handler_after_the_other() {
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribe("t/#", Qos.EXACTLY_ONCE, (MessageHandler) message -> {});
            publishMany();
            recorder.awaitEnds(MANY);
            assertCounted(client, MANY);
        }
        assertThat(recorder.calls.values())
                .allSatisfy(calls -> assertThat(calls).containsExactly("received", "handling", "ended", "handled"));
    }

    @Test
    void with_concurrent_handlers() {
        try (MqttClient client = builder().handlerOptions(FOUR).build()) {
            client.connect();
            client.subscribe("t/#", Qos.EXACTLY_ONCE, (MessageHandler) message -> Thread.yield());
            publishMany();
            recorder.awaitEnds(MANY);
            assertCounted(client, MANY);
            assertThat(client.statistics().messages().handlerTime())
                    .as("with the time that it took to hand messages to them")
                    .isGreaterThanOrEqualTo(recorder.time());
        }
        assertThat(recorder.calls.values())
                .allSatisfy(calls -> assertThat(calls).containsExactly("received", "handling", "ended", "handled"));
    }

    @Test
    void with_batches() {
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribeBatches(
                    TopicSubscription.of("t/#", Qos.EXACTLY_ONCE),
                    HandlerOptions.defaults(),
                    50,
                    Duration.ofMillis(20),
                    messages -> {});
            publishMany();
            recorder.awaitEnds(MANY);
            assertCounted(client, MANY);
        }
        assertThat(recorder.calls.values())
                .allSatisfy(calls -> assertThat(calls)
                        .filteredOn(
                                call -> !call.equals("handling") && !call.equals("ended")) // of a batch of one message
                        .containsExactly("received", "handled"));
    }

    @Test
    void with_several_handlers_of_a_message_that_run_in_different_ways() {
        AtomicInteger handled = new AtomicInteger();
        try (MqttClient client = builder()
                .handler("t/+", FOUR, message -> handled.incrementAndGet())
                .batchHandler(
                        "+/#",
                        HandlerOptions.defaults(),
                        10,
                        Duration.ofMillis(5),
                        messages -> handled.addAndGet(messages.size()))
                .build()) {
            client.connect();
            client.subscribe("t/#", Qos.EXACTLY_ONCE, (MessageHandler) message -> handled.incrementAndGet());
            publishMany();
            recorder.awaitEnds(MANY);
            assertThat(handled).as("after the last handler").hasValue(3 * MANY);
            assertCounted(client, MANY);
        }
        assertOnce("handled");
    }

    @Test
    void with_several_handlers_beside_the_line() {
        AtomicInteger handled = new AtomicInteger();
        try (MqttClient client = builder()
                .handler("t/+", FOUR, message -> handled.incrementAndGet())
                .build()) {
            client.connect();
            client.subscribe(TopicSubscription.of("t/#", Qos.EXACTLY_ONCE), FOUR, message -> handled.incrementAndGet());
            publishMany();
            recorder.awaitEnds(MANY);
            assertThat(handled).hasValue(2 * MANY);
            assertCounted(client, MANY);
        }
        assertOnce("handled");
    }

    /** Received before anything else, and the outcome once, at the end. */
    private void assertOnce(String outcome) {
        assertThat(recorder.calls.values()).allSatisfy(calls -> {
            assertThat(calls).startsWith("received").endsWith(outcome);
            assertThat(calls).containsOnlyOnce("received", outcome).doesNotContain("ended on another thread");
        });
    }

    // ---- handlers that fail ----

    private static FailurePolicy twice() {
        return FailurePolicy.retry(2, Duration.ofMillis(1), Duration.ofMillis(1), FailurePolicy.reject());
    }

    /** Fails with a message twice, and takes a millisecond each time. */
    private static final class Stubborn implements MessageHandler {
        private final Map<String, Integer> calls = new ConcurrentHashMap<>();

        @Override
        public void handle(Message message) {
            long end = System.nanoTime() + 1_000_000;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            if (calls.merge(message.text(), 1, Integer::sum) < 3) {
                throw new IllegalStateException("not yet");
            }
        }
    }

    @Test
    void with_a_handler_that_is_called_again_until_it_succeeds() {
        Stubborn handler = new Stubborn();
        for (int concurrency : List.of(1, 4)) {
            recorder.calls.clear();
            handler.calls.clear();
            HandlerOptions options =
                    HandlerOptions.defaults().withConcurrency(concurrency).withFailurePolicy(twice());
            try (MqttClient client = builder().handlerOptions(options).build()) {
                client.connect();
                client.subscribe("t/#", handler);
                for (int i = 0; i < 5; i++) {
                    broker.publish(Message.of("t/" + i, "" + i));
                }
                recorder.awaitEnds(5);
                assertCounted(client, 5);
                assertThat(client.statistics().messages().failed()).isEqualTo(10);
            }
            assertThat(recorder.calls.values())
                    .allSatisfy(calls -> assertThat(calls)
                            .containsExactly(
                                    "received",
                                    "handling",
                                    "ended",
                                    "handling",
                                    "ended",
                                    "handling",
                                    "ended",
                                    "handled"));
            assertThat(recorder.times.values())
                    .as("of all calls together")
                    .allMatch(took -> took.compareTo(Duration.ofMillis(3)) >= 0);
        }
    }

    /** Its thread takes its time before it tells of the end, and the event loop has many turns meanwhile. */
    @Test
    void a_call_has_ended_before_the_handler_is_called_again() {
        MessageListener slow = new MessageListener() {
            @Override
            public void handlingEnded(MqttClient client, Message message) {
                for (int i = 0; i < 20; i++) {
                    client.publish(Message.of("turn", "of the event loop").withQos(Qos.AT_LEAST_ONCE));
                }
            }
        };
        HandlerOptions options = HandlerOptions.defaults()
                .withFailurePolicy(FailurePolicy.retry(1, Duration.ZERO, Duration.ZERO, FailurePolicy.reject()));
        try (MqttClient client =
                builder().listener(slow).handlerOptions(options).build()) {
            client.connect();
            AtomicInteger calls = new AtomicInteger();
            client.subscribe("t", message -> {
                if (calls.incrementAndGet() == 1) {
                    throw new IllegalStateException("not yet");
                }
            });
            broker.publish(Message.of("t", "1"));
            recorder.awaitEnds(1);
        }
        assertThat(recorder.calls.get("1"))
                .containsExactly("received", "handling", "ended", "handling", "ended", "handled");
    }

    @Test
    void with_a_batch_that_is_called_again_until_it_succeeds() {
        AtomicInteger calls = new AtomicInteger();
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribeBatches(
                    TopicSubscription.of("t/#", Qos.AT_LEAST_ONCE),
                    HandlerOptions.defaults().withFailurePolicy(twice()),
                    5,
                    Duration.ofSeconds(10),
                    messages -> {
                        if (calls.incrementAndGet() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                    });
            for (int i = 0; i < 5; i++) {
                broker.publish(Message.of("t/" + i, "" + i));
            }
            recorder.awaitEnds(5);
            assertCounted(client, 5);
        }
        assertThat(recorder.calls.values()).allSatisfy(each -> assertThat(each).containsExactly("received", "handled"));
    }

    @Test
    void with_messages_that_are_rejected_in_the_end() {
        List<HandlerOptions> all = new ArrayList<>();
        all.add(HandlerOptions.defaults());
        all.add(FOUR);
        for (HandlerOptions options : all) {
            recorder.calls.clear();
            try (MqttClient client = builder().handlerOptions(options).build()) {
                client.connect();
                client.subscribe("t/#", message -> {
                    throw new IllegalStateException("never");
                });
                for (int i = 0; i < 5; i++) {
                    broker.publish(Message.of("t/" + i, "" + i));
                }
                recorder.awaitEnds(5);
                assertCounted(client, 5);
                await().until(() -> client.statistics().messages().rejected() == 5);
            }
            assertThat(recorder.calls.values())
                    .allSatisfy(calls -> assertThat(calls)
                            .containsExactlyInAnyOrder("received", "handling", "ended", "failed", "rejected"));
        }
    }

    @Test
    void with_a_client_that_is_closed_before_a_handler_is_called_again() throws Exception {
        FailurePolicy later = FailurePolicy.retry(2, Duration.ofHours(1), Duration.ofHours(1), FailurePolicy.reject());
        for (int concurrency : List.of(1, 4)) {
            recorder.calls.clear();
            CountDownLatch failed = new CountDownLatch(1);
            HandlerOptions options =
                    HandlerOptions.defaults().withConcurrency(concurrency).withFailurePolicy(later);
            MqttClient client = builder()
                    .handlerOptions(options)
                    .closeTimeout(Duration.ofMillis(100))
                    .build();
            try (client) {
                client.connect();
                client.subscribe("t/#", message -> {
                    failed.countDown();
                    throw new IllegalStateException("not yet");
                });
                broker.publish(Message.of("t/0", "0"));
                assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
                await().until(() -> client.statistics().messages().failed() == 1);
            }
            recorder.awaitEnds(1);
            assertThat(recorder.calls.get("0")).containsExactly("received", "handling", "ended", "failed");
            await().until(() -> client.statistics().messages().handled() == 1);
        }
    }
}
