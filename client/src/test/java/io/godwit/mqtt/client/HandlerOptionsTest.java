package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandlerOptionsTest {
    private static final HandlerOptions FOUR = HandlerOptions.defaults().withConcurrency(4);

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
                .closeTimeout(Duration.ofSeconds(5));
    }

    // ---- several at once ----

    @Test
    void handlers_run_at_once_for_different_topics_and_one_after_the_other_for_the_same() {
        Map<String, List<String>> handled = new ConcurrentHashMap<>();
        CountDownLatch three = new CountDownLatch(3);
        try (MqttClient client = builder().handlerOptions(FOUR).build()) {
            client.connect();
            client.subscribe("t/+", message -> {
                if (message.text().equals("0")) {
                    three.countDown();
                    assertThat(three.await(10, TimeUnit.SECONDS)).isTrue(); // impossible for one handler at a time
                }
                handled.computeIfAbsent(message.topic(), topic -> Collections.synchronizedList(new ArrayList<>()))
                        .add(message.text());
            });

            for (int i = 0; i < 20; i++) {
                for (String topic : List.of("t/a", "t/b", "t/c")) {
                    broker.publish(Message.of(topic, "" + i));
                }
            }

            await().until(() -> broker.pending("c").isEmpty());
        }
        List<String> inOrder = java.util.stream.IntStream.range(0, 20)
                .mapToObj(String::valueOf)
                .toList();
        assertThat(handled).hasSize(3);
        assertThat(handled.values()).allSatisfy(each -> assertThat(each).isEqualTo(inOrder));
    }

    @Test
    void never_more_handlers_run_than_was_asked_for() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger handled = new AtomicInteger();
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribe(TopicSubscription.of("#", Qos.EXACTLY_ONCE), FOUR, message -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.yield();
                running.decrementAndGet();
                handled.incrementAndGet();
            });

            for (int i = 0; i < 300; i++) {
                broker.publish(Message.of("t/" + i, "x").withQos(Qos.EXACTLY_ONCE));
            }

            await().until(() -> handled.get() == 300);
            await().until(() -> broker.pending("c").isEmpty());
        }
        assertThat(most).hasValueBetween(1, 4);
    }

    @Test
    void a_key_of_the_application_decides_what_is_handled_in_order() {
        List<String> handled = Collections.synchronizedList(new ArrayList<>());
        HandlerOptions byDevice = HandlerOptions.defaults().withConcurrency(8, Message::text);
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribe(TopicSubscription.of("#", Qos.AT_LEAST_ONCE), byDevice, message -> {
                Thread.yield();
                handled.add(message.topic());
            });

            List<String> topics = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                topics.add("t/" + i);
                broker.publish(Message.of("t/" + i, "one device"));
            }

            await().until(() -> handled.size() == 100);
            assertThat(handled).isEqualTo(topics);
        }
    }

    @Test
    void a_retry_delays_only_messages_with_the_same_key() throws Exception {
        BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        CountDownLatch otherHandled = new CountDownLatch(1);
        HandlerOptions options = FOUR.withFailurePolicy(
                FailurePolicy.retry(1_000, Duration.ofMillis(1), Duration.ofMillis(1), FailurePolicy.reject()));
        try (MqttClient client = builder().handlerOptions(options).build()) {
            client.connect();
            client.subscribe("#", message -> {
                if (message.topic().equals("bad") && otherHandled.getCount() > 0) {
                    throw new IllegalStateException("not yet");
                }
                handled.add(message.topic() + message.text());
                otherHandled.countDown();
            });

            broker.publish(Message.of("bad", "1"));
            broker.publish(Message.of("bad", "2"));
            broker.publish(Message.of("good", ""));

            assertThat(handled.poll(5, TimeUnit.SECONDS)).isEqualTo("good");
            assertThat(handled.poll(5, TimeUnit.SECONDS)).isEqualTo("bad1");
            assertThat(handled.poll(5, TimeUnit.SECONDS)).isEqualTo("bad2");
            await().until(() -> broker.pending("c").isEmpty());
        }
    }

    @Test
    void concurrent_handlers_may_make_blocking_calls() {
        try (MqttClient client = builder().handlerOptions(FOUR).build()) {
            client.connect();
            client.subscribe("in/+", message -> client.publish("out", message.text()));

            for (int i = 0; i < 20; i++) {
                broker.publish(Message.of("in/" + i, "" + i));
            }

            await().until(() -> broker.messages().stream()
                            .filter(seen -> seen.message().topic().equals("out"))
                            .count()
                    == 20);
        }
    }

    @Test
    void messages_of_concurrent_handlers_count_as_waiting_so_that_reading_pauses() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger handled = new AtomicInteger();
        try (MqttClient client =
                builder().inbox(10, 1 << 20).handlerOptions(FOUR).build()) {
            client.connect();
            client.subscribe("#", Qos.AT_MOST_ONCE, message -> {
                go.await();
                handled.incrementAndGet();
            });
            for (int i = 0; i < 100; i++) {
                broker.publish(Message.of("t/" + i, "x").withQos(Qos.AT_MOST_ONCE));
            }
            await().until(() -> client.statistics().messages().inbox().messages() > 10);

            go.countDown();

            await().until(() -> handled.get() == 100);
            await().until(() -> client.statistics().messages().inbox().messages() == 0);
        }
    }

    // ---- batches ----

    @Test
    void a_batch_is_handled_when_it_is_full_and_acknowledged_as_a_whole() throws Exception {
        BlockingQueue<List<String>> batches = new LinkedBlockingQueue<>();
        CountDownLatch go = new CountDownLatch(1);
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribeBatches("t", 3, Duration.ofHours(1), messages -> {
                batches.add(messages.stream().map(Message::text).toList());
                go.await();
            });

            for (int i = 0; i < 6; i++) {
                broker.publish(Message.of("t", "" + i));
            }

            assertThat(batches.poll(5, TimeUnit.SECONDS)).containsExactly("0", "1", "2");
            assertThat(broker.pending("c")).hasSize(6);
            go.countDown();
            assertThat(batches.poll(5, TimeUnit.SECONDS)).containsExactly("3", "4", "5");
            await().until(() -> broker.pending("c").isEmpty());
        }
    }

    @Test
    void a_batch_that_does_not_fill_is_handled_after_the_linger_time() throws Exception {
        BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribeBatches("t", 1_000, Duration.ofMillis(10), messages -> sizes.add(messages.size()));

            broker.publish(Message.of("t", "x"));

            assertThat(sizes.poll(5, TimeUnit.SECONDS)).isEqualTo(1);
            await().until(() -> broker.pending("c").isEmpty());
        }
    }

    @Test
    void a_batch_that_fails_is_subject_to_the_policy_as_a_whole() throws Exception {
        BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        BlockingQueue<String> dead = new LinkedBlockingQueue<>();
        HandlerOptions options = HandlerOptions.defaults()
                .withFailurePolicy(FailurePolicy.retry(
                        1,
                        Duration.ofMillis(1),
                        Duration.ofMillis(1),
                        FailurePolicy.deadLetter((message, cause) -> dead.add(message.text()))));
        try (MqttClient client = builder().handlerOptions(options).build()) {
            client.connect();
            client.subscribeBatches("t", 2, Duration.ofHours(1), messages -> {
                sizes.add(messages.size());
                throw new IllegalStateException("no good");
            });

            broker.publish(Message.of("t", "0"));
            broker.publish(Message.of("t", "1"));

            await().until(() -> broker.pending("c").isEmpty());
            assertThat(sizes).containsExactly(2, 2);
            assertThat(dead).containsExactly("0", "1");
        }
    }

    // ---- the end ----

    @Test
    void close_lets_running_handlers_end_and_acknowledges_their_messages() throws Exception {
        for (HandlerOptions options : List.of(HandlerOptions.defaults(), FOUR)) {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger ended = new AtomicInteger();
            BlockingQueue<Integer> left = new LinkedBlockingQueue<>();
            MqttClient client = builder()
                    .cleanSession(false)
                    .handlerOptions(options)
                    .listener(leftTo(left))
                    .build();
            client.connect();
            client.subscribe("t/#", message -> {
                started.countDown();
                go.await();
                client.publish("result", message.text()); // still possible
                ended.incrementAndGet();
            });
            broker.publish(Message.of("t/1", "1"));
            broker.publish(Message.of("t/2", "2"));
            assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
            await().until(() -> client.statistics().messages().inbox().messages() == 2);

            var closed = client.closeAsync();
            await().until(() -> client.state() == ClientState.DISCONNECTING);
            go.countDown();
            closed.get(10, TimeUnit.SECONDS);

            assertThat(ended).hasValue(2);
            assertThat(broker.pending("c")).isEmpty();
            assertThat(left).isEmpty();
        }
    }

    @Test
    void close_does_not_wait_for_a_handler_beyond_its_limit_and_tells_what_was_left() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        BlockingQueue<Integer> left = new LinkedBlockingQueue<>();
        MqttClient client = builder()
                .cleanSession(false)
                .closeTimeout(Duration.ofMillis(100))
                .listener(leftTo(left))
                .build();
        client.connect();
        client.subscribe("t", message -> {
            calls.incrementAndGet();
            started.countDown();
            go.await();
        });
        broker.publish(Message.of("t", "1"));
        broker.publish(Message.of("t", "2"));
        assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
        await().until(() -> client.statistics().messages().inbox().messages() == 2);

        client.close();

        assertThat(left.poll(5, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(broker.pending("c")).hasSize(2);
        go.countDown();
        await().until(() -> calls.get() == 1); // the second one is not called any more
    }

    @Test
    void close_in_a_handler_does_not_wait_for_that_handler() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        MqttClient client = builder().closeTimeout(Duration.ofSeconds(30)).build();
        client.connect();
        client.subscribe("t", message -> {
            client.close();
            closed.countDown();
        });

        broker.publish(Message.of("t", "x"));

        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void close_handles_the_messages_that_a_batch_has_collected() {
        BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        MqttClient client = builder().cleanSession(false).build();
        client.connect();
        client.subscribeBatches("t", 100, Duration.ofHours(1), messages -> sizes.add(messages.size()));
        broker.publish(Message.of("t", "1"));
        broker.publish(Message.of("t", "2"));
        await().until(() -> client.statistics().messages().inbox().messages() == 2);

        client.close();

        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2);
        assertThat(broker.pending("c")).isEmpty();
    }

    private static ClientListener leftTo(BlockingQueue<Integer> left) {
        return new ClientListener() {
            @Override
            public void messagesLeft(MqttClient client, int messages) {
                left.add(messages);
            }
        };
    }

    // ---- settings ----

    @Test
    void settings_that_cannot_work_are_rejected() {
        assertThatThrownBy(() -> HandlerOptions.defaults().withConcurrency(0))
                .hasMessageContaining("must be 1 to 1024");
        assertThatThrownBy(() ->
                        builder().handlerOptions(FOUR).handlersOnEventLoop().build())
                .hasMessageContaining("remove one");
        MqttClientBuilder builder = builder();
        assertThatThrownBy(() -> builder.batchHandler("t", HandlerOptions.defaults(), 0, Duration.ZERO, messages -> {}))
                .hasMessageContaining("invalid batch of 0 messages");
        assertThatThrownBy(() ->
                        builder.batchHandler("t", HandlerOptions.defaults(), 1, Duration.ofDays(1), messages -> {}))
                .hasMessageContaining("invalid linger time");
    }
}
