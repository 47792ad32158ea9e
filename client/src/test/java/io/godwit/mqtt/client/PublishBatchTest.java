package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@DisplayName("A batch of publishes")
class PublishBatchTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private TestBroker broker;

    @BeforeEach
    void startBroker() {
        broker = TestBroker.builder().remember(100_000).start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private MqttClientBuilder builder() {
        return MqttClient.builder()
                .server(broker.uri())
                .clientId("c")
                .cleanSession(false)
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .closeTimeout(Duration.ofMillis(200));
    }

    /** A client that is connecting, and nobody answers. */
    private MqttClient offline(MqttClientBuilder builder) {
        broker.goOffline();
        MqttClient client = builder.retryFirst(true).build();
        client.connectAsync();
        return client;
    }

    private static List<Message> messages(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Message.of("t", Integer.toString(i)))
                .toList();
    }

    private List<String> arrived(int count) {
        return broker.awaitMessages(count, SOON).stream().map(SeenMessage::text).toList();
    }

    private static List<String> numbers(int from, int end) {
        return IntStream.range(from, end).mapToObj(Integer::toString).toList();
    }

    private static Map<Integer, PublishException.Cause> causes(PublishBatchResult result) {
        return result.failures().entrySet().stream()
                .collect(
                        Collectors.toMap(Map.Entry::getKey, failure -> ((PublishException) failure.getValue()).kind()));
    }

    // ---- success ----

    @ParameterizedTest
    @EnumSource
    void arrives_in_its_order_and_has_one_result(ProtocolVersion version) {
        List<Message> messages = IntStream.range(0, 3_000)
                .mapToObj(i -> Message.of("t/" + i % 3, Integer.toString(i)).withQos(Qos.of(i % 3)))
                .toList();
        try (MqttClient client = builder().protocol(version).build()) {
            client.connect();

            PublishBatchResult waited = client.publishAll(messages);
            PublishBatchResult joined = client.publishAllAsync(messages).join();

            assertThat(waited.isSuccess()).isTrue();
            assertThat(waited.size()).isEqualTo(3_000);
            assertThat(joined.failures()).isEmpty();
            PerQos each = new PerQos(2_000, 2_000, 2_000);
            assertThat(client.statistics().publishes().accepted()).isEqualTo(each);
            assertThat(client.statistics().publishes().acknowledged()).isEqualTo(each);
        }
        List<SeenMessage> arrived = broker.awaitMessages(6_000, SOON);
        for (int qos = 0; qos < 3; qos++) {
            String topic = "t/" + qos;
            assertThat(arrived.stream()
                            .filter(seen -> seen.topic().equals(topic))
                            .map(seen -> Integer.parseInt(seen.text()) / 3))
                    .hasSize(2_000)
                    .startsWith(0, 1, 2, 3)
                    .containsSubsequence(997, 998, 999, 0, 1, 2)
                    .endsWith(998, 999);
        }
    }

    @Test
    void of_qos_0_that_is_larger_than_what_can_be_sent_at_once_arrives_in_its_order() {
        String rest = ";" + "x".repeat(500);
        List<Message> messages = IntStream.range(0, 2_000)
                .mapToObj(i -> Message.of("t", i + rest).withQos(Qos.AT_MOST_ONCE))
                .toList();
        try (MqttClient client = builder().build()) {
            client.connect();

            PublishBatchResult waited = client.publishAll(messages);
            PublishBatchResult joined = client.publishAllAsync(messages).join();

            assertThat(waited).isEqualTo(PublishBatchResult.success(2_000));
            assertThat(joined).isEqualTo(PublishBatchResult.success(2_000));
            assertThat(broker.awaitMessages(4_000, SOON).stream()
                            .map(seen -> seen.text().split(";")[0]))
                    .startsWith("0", "1")
                    .containsSubsequence("1998", "1999", "0", "1")
                    .endsWith("1998", "1999");
            PerQos each = new PerQos(4_000, 0, 0);
            assertThat(client.statistics().publishes().accepted()).isEqualTo(each);
            assertThat(client.statistics().publishes().acknowledged()).isEqualTo(each);
        }
    }

    @Test
    void without_messages_has_succeeded_at_once() {
        try (MqttClient client = builder().build()) {
            assertThat(client.publishAll(List.of())).isEqualTo(PublishBatchResult.success(0));
            assertThat(client.publishAllAsync(List.of())).isCompletedWithValue(PublishBatchResult.success(0));
        }
    }

    @Test
    void is_what_the_list_was_when_it_was_published() {
        List<Message> changing = new ArrayList<>(messages(3));
        try (MqttClient client = offline(builder())) {
            CompletableFuture<PublishBatchResult> result = client.publishAllAsync(changing);
            changing.clear();
            broker.goOnline();

            assertThat(result).succeedsWithin(SOON).isEqualTo(PublishBatchResult.success(3));
            assertThat(arrived(3)).containsExactly("0", "1", "2");
        }
    }

    @Test
    void may_be_joined_in_a_handler_and_timed_out_under_who_joins_it() throws Exception {
        CompletableFuture<PublishBatchResult> inHandler = new CompletableFuture<>();
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribe("go", message -> {
                client.publishAll(messages(10));
                inHandler.complete(client.publishAllAsync(messages(10)).join());
            });
            broker.publish(Message.of("go", ""));
            assertThat(inHandler).succeedsWithin(SOON).isEqualTo(PublishBatchResult.success(10));

            broker.silent(true);
            CompletableFuture<PublishBatchResult> timed = client.publishAllAsync(messages(10));
            CompletableFuture<Throwable> joined = CompletableFuture.supplyAsync(
                    () -> timed.handle((result, failure) -> failure).join());
            timed.orTimeout(50, TimeUnit.MILLISECONDS);

            assertThat(joined).succeedsWithin(SOON).isInstanceOf(TimeoutException.class);
        }
    }

    // ---- what is not valid ----

    @ParameterizedTest
    @EnumSource
    void with_an_invalid_message_is_rejected_as_a_whole(ProtocolVersion version) {
        List<Message> wildcard = new ArrayList<>(messages(300));
        wildcard.set(290, Message.of("a/#", "x"));
        List<@Nullable Message> missing = Arrays.asList(Message.of("t", "x"), null);
        List<Message> properties =
                List.of(Message.of("t", "x"), Message.of("t", "x").withResponseTopic("answers"));
        try (MqttClient client = builder().protocol(version).build()) {
            client.connect();

            assertThatThrownBy(() -> client.publishAll(wildcard))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("messages[290] cannot be published, so none is: ")
                    .hasMessageContaining("wildcard");
            assertThatThrownBy(() -> client.publishAllAsync(wildcard)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.publishAllAsync(missing))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("messages[1]")
                    .hasMessageContaining("null");
            if (version != ProtocolVersion.V5) {
                assertThatThrownBy(() -> client.publishAll(properties))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("messages[1]")
                        .hasMessageContaining("has no properties");
            }

            assertThat(client.statistics().publishes().accepted().total()).isZero();
            client.publish("t", "last");
            assertThat(arrived(1)).containsExactly("last");
        }
    }

    @Test
    void is_rejected_as_a_whole_without_a_connection_and_after_close() {
        MqttClient client = builder().build();
        assertThatThrownBy(() -> client.publishAll(messages(2))).isInstanceOf(NotConnectedException.class);
        assertThat(client.publishAllAsync(messages(2)))
                .failsWithin(SOON)
                .withThrowableThat()
                .withCauseInstanceOf(NotConnectedException.class);
        assertThat(client.statistics().publishes().refused()).isEqualTo(4);

        client.close();

        assertThatThrownBy(() -> client.publishAll(messages(2))).isInstanceOf(ClientClosedException.class);
    }

    // ---- what the broker refuses ----

    @Test
    void has_the_failure_of_each_message_that_the_broker_refuses() {
        BrokerPolicy policy = new BrokerPolicy() {
            @Override
            public ReasonCode publish(String clientId, Message message) {
                return message.topic().equals("secret") ? ReasonCode.NOT_AUTHORIZED : ReasonCode.SUCCESS;
            }
        };
        broker.settings(settings -> settings.policy(policy));
        ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
        MqttClientBuilder builder = builder().protocol(ProtocolVersion.V5).listener(new ClientListener() {
            @Override
            public void publishFailed(MqttClient client, Message message, MqttException failure) {
                told.add(message.text());
            }
        });
        try (MqttClient client = builder.build()) {
            client.connect();
            client.subscribe("t", message -> {});

            PublishBatchResult result = client.publishAll(List.of(
                    Message.of("t", "0"),
                    Message.of("secret", "1"),
                    Message.of("nobody", "2"),
                    Message.of("secret", "3").withQos(Qos.EXACTLY_ONCE)));

            assertThat(result.isSuccess()).isFalse();
            assertThat(causes(result))
                    .isEqualTo(Map.of(1, PublishException.Cause.REFUSED, 3, PublishException.Cause.REFUSED));
            assertThat(result.get(0)).isEqualTo(PublishResult.SUCCESS);
            assertThat(result.get(2).reason()).isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
            assertThatThrownBy(() -> result.get(3)).isSameAs(result.failures().get(3));
            assertThatThrownBy(result::orThrow)
                    .isSameAs(result.failures().get(1))
                    .hasMessageContaining("'secret'")
                    .hasMessageContaining("not authorized");
            assertThatThrownBy(() -> result.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
            await().untilAsserted(() -> assertThat(told).containsExactlyInAnyOrder("1", "3"));
            assertThat(client.statistics().publishes().failed()).isEqualTo(new PerQos(0, 1, 1));
        }
    }

    @Test
    void loses_only_those_messages_that_break_a_limit_of_the_broker() {
        broker.settings(settings -> settings.maximumQos(Qos.AT_LEAST_ONCE).retainAvailable(false));
        try (MqttClient client = builder().protocol(ProtocolVersion.V5).build()) {
            client.connect();

            PublishBatchResult result = client.publishAll(List.of(
                    Message.of("t", "0"),
                    Message.of("t", "1").withQos(Qos.EXACTLY_ONCE),
                    Message.of("t", "2").withRetain(true),
                    Message.of("t", "3")));

            assertThat(causes(result))
                    .isEqualTo(Map.of(1, PublishException.Cause.LIMIT, 2, PublishException.Cause.LIMIT));
            assertThat(arrived(2)).containsExactly("0", "3");
            assertThat(client.statistics().publishes().refused()).isEqualTo(2);
            assertThat(client.statistics().publishes().accepted().total()).isEqualTo(2);
        }
    }

    // ---- the queue ----

    @ParameterizedTest
    @CsvSource({"FAIL, QUEUE_FULL", "WAIT, QUEUE_FULL", "DROP_NEWEST, DROPPED"})
    void fails_from_the_message_on_that_finds_the_queue_full(WhenFull policy, PublishException.Cause cause) {
        try (MqttClient client = offline(builder().queue(5, 1_000, policy))) {
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages(8));
            broker.goOnline();

            assertThat(batch)
                    .succeedsWithin(SOON)
                    .satisfies(result -> assertThat(causes(result)).isEqualTo(Map.of(5, cause, 6, cause, 7, cause)));
            assertThat(arrived(5)).isEqualTo(numbers(0, 5));
            assertThat(client.statistics().publishes().refused()).isEqualTo(3);
        }
    }

    @Test
    void that_finds_no_room_at_all_has_a_result_too() {
        try (MqttClient client = offline(builder().queue(1, 1_000, WhenFull.FAIL))) {
            client.publishAsync("t", "before");

            assertThat(client.publishAllAsync(messages(2)))
                    .succeedsWithin(SOON)
                    .satisfies(result -> assertThat(causes(result))
                            .isEqualTo(Map.of(
                                    0, PublishException.Cause.QUEUE_FULL, 1, PublishException.Cause.QUEUE_FULL)));
        }
    }

    @Test
    void a_smaller_message_does_not_overtake_one_that_found_no_room() {
        List<Message> messages = List.of(Message.of("t", "0"), Message.of("t", new byte[1_000]), Message.of("t", "2"));
        try (MqttClient client = offline(builder().queue(10, 100, WhenFull.FAIL))) {
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages);
            broker.goOnline();

            assertThat(batch)
                    .succeedsWithin(SOON)
                    .satisfies(result -> assertThat(result.failures().keySet()).containsExactly(1, 2));
        }
    }

    @Test
    void gives_way_to_its_own_newer_messages_if_that_is_the_policy() {
        try (MqttClient client = offline(builder().queue(5, 1_000, WhenFull.DROP_OLDEST))) {
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages(7));
            broker.goOnline();

            assertThat(batch)
                    .succeedsWithin(SOON)
                    .satisfies(result -> assertThat(causes(result))
                            .isEqualTo(Map.of(0, PublishException.Cause.DROPPED, 1, PublishException.Cause.DROPPED)));
            assertThat(arrived(5)).isEqualTo(numbers(2, 7));
        }
    }

    @Test
    void waits_for_room_if_that_is_the_policy() {
        try (MqttClient client = offline(builder().queue(5, 1_000, WhenFull.WAIT))) {
            CompletableFuture<PublishBatchResult> batch =
                    CompletableFuture.supplyAsync(() -> client.publishAll(messages(1_000)));
            await().until(() -> client.statistics().publishes().queue().messages() == 5);
            assertThat(batch).isNotDone();
            broker.goOnline();

            assertThat(batch).succeedsWithin(SOON).isEqualTo(PublishBatchResult.success(1_000));
            assertThat(arrived(1_000)).isEqualTo(numbers(0, 1_000));
        }
    }

    @Test
    void that_times_out_waiting_for_room_says_how_far_it_got() {
        try (MqttClient client =
                offline(builder().queue(2, 1_000, WhenFull.WAIT).callTimeout(Duration.ofMillis(100)))) {
            assertThatThrownBy(() -> client.publishAll(messages(5)))
                    .isInstanceOf(MqttTimeoutException.class)
                    .hasMessageContaining("timed out after 100 ms waiting for room")
                    .hasMessageContaining("the first 2 of 5 messages");
            broker.goOnline();

            assertThat(arrived(2)).containsExactly("0", "1");
            assertThat(client.statistics().publishes().refused()).isEqualTo(3);
        }
    }

    @Test
    void that_is_interrupted_goes_on_with_what_was_accepted() throws Exception {
        try (MqttClient client = offline(builder().queue(2, 1_000, WhenFull.WAIT))) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    client.publishAll(messages(5));
                } catch (MqttInterruptedException expected) {
                    interrupted.complete(Thread.currentThread().isInterrupted());
                }
            });
            thread.start();
            await().until(() -> client.statistics().publishes().queue().messages() == 2);
            thread.interrupt();
            assertThat(interrupted).succeedsWithin(SOON).isEqualTo(true);
            broker.goOnline();

            assertThat(arrived(2)).containsExactly("0", "1");
        }
    }

    @Test
    void that_times_out_waiting_for_answers_says_so() {
        try (MqttClient client = builder().callTimeout(Duration.ofMillis(100)).build()) {
            client.connect();
            broker.silent(true);

            assertThatThrownBy(() -> client.publishAll(messages(5)))
                    .isInstanceOf(MqttTimeoutException.class)
                    .hasMessageContaining("the acknowledgements of a batch of 5 messages");
            broker.silent(false);
        }
    }

    @Test
    void loses_what_expires_in_the_queue() {
        List<Message> messages = List.of(
                Message.of("t", "0"),
                Message.of("t", "1").withExpiry(Duration.ofSeconds(1)),
                Message.of("t", "2").withExpiry(Duration.ofHours(1)));
        try (MqttClient client = offline(builder().protocol(ProtocolVersion.V5))) {
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages);
            await().atMost(SOON)
                    .until(() -> client.statistics().publishes().expired().total() == 1);
            assertThat(batch).isNotDone();
            broker.goOnline();

            assertThat(batch)
                    .succeedsWithin(SOON)
                    .satisfies(
                            result -> assertThat(causes(result)).isEqualTo(Map.of(1, PublishException.Cause.EXPIRED)));
        }
    }

    // ---- cancelling and closing ----

    @Test
    void that_waits_as_a_whole_can_be_cancelled() {
        try (MqttClient client = offline(builder())) {
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages(500));

            assertThat(batch.cancel(false)).isTrue();

            assertThat(batch).isCancelled();
            assertThatThrownBy(batch::join).isInstanceOf(CancellationException.class);
            assertThat(batch.cancel(false)).isTrue();
            assertThat(client.statistics().publishes().queue().messages()).isZero();
            assertThat(client.statistics().publishes().failed().total()).isEqualTo(500);
        }
    }

    @Test
    void that_is_partly_sent_goes_on_with_that_part() {
        try (MqttClient client = builder().maximumInFlight(2).build()) {
            client.connect();
            broker.silent(true);
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages(4));

            assertThat(batch.cancel(false)).isFalse();

            assertThat(batch).isNotDone();
            broker.silent(false);
            broker.dropConnection("c");
            assertThat(batch)
                    .succeedsWithin(SOON)
                    .satisfies(result -> assertThat(causes(result))
                            .isEqualTo(
                                    Map.of(2, PublishException.Cause.CANCELLED, 3, PublishException.Cause.CANCELLED)));
            assertThat(arrived(2)).containsExactly("0", "1");
            assertThat(batch.cancel(false)).isFalse();
        }
    }

    @Test
    void of_a_client_that_is_closed_fails_where_it_was_not_done() {
        MqttClient client = builder().maximumInFlight(2).build();
        client.connect();
        broker.silent(true);
        CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages(4));

        client.close();

        assertThat(batch)
                .succeedsWithin(SOON)
                .satisfies(result -> assertThat(result.failures().values())
                        .hasSize(4)
                        .hasOnlyElementsOfType(ClientClosedException.class));
    }

    @Test
    void survives_its_client_in_a_session_store() {
        SessionStore store = SessionStore.inMemory();
        try (MqttClient client = offline(builder().store(store))) {
            client.publishAllAsync(messages(600));
            assertThat(client.stored()).succeedsWithin(SOON);
        }
        broker.goOnline();
        try (MqttClient client = builder().store(store).build()) {
            client.connect();

            assertThat(arrived(600)).isEqualTo(numbers(0, 600));
        }
    }

    // ---- who else hears of it ----

    @Test
    void is_reported_message_by_message() {
        ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
        MqttClientBuilder builder = builder().queue(3, 1_000, WhenFull.FAIL).listener(new MessageListener() {
            @Override
            public Message publishing(MqttClient client, Message message) {
                return message.withTopic("seen/" + message.topic());
            }

            @Override
            public void publishAccepted(MqttClient client, Message message) {
                calls.add("accepted " + message.text());
            }

            @Override
            public void publishRefused(MqttClient client, Message message, RuntimeException failure) {
                calls.add("refused " + message.text());
            }

            @Override
            public void publishSent(MqttClient client, Message message, boolean again) {
                calls.add("sent " + message.text());
            }

            @Override
            public void publishAcknowledged(MqttClient client, Message message, PublishResult result, Duration took) {
                calls.add("acknowledged " + message.text());
            }
        });
        try (MqttClient client = offline(builder)) {
            CompletableFuture<PublishBatchResult> batch = client.publishAllAsync(messages(4));
            CompletableFuture<List<String>> before = batch.thenApply(result -> List.copyOf(calls));
            broker.goOnline();

            assertThat(before)
                    .succeedsWithin(SOON)
                    .satisfies(seen -> assertThat(seen)
                            .contains("refused 3")
                            .containsSubsequence("accepted 0", "accepted 1", "accepted 2")
                            .contains("acknowledged 0", "acknowledged 1", "acknowledged 2"));
            await().until(() -> calls.contains("sent 2"));
            assertThat(broker.awaitMessages(3, SOON).get(0).topic()).isEqualTo("seen/t");
        }
        assertThat(calls).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void that_a_listener_makes_invalid_is_rejected_as_a_whole() {
        ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
        MqttClientBuilder builder = builder().listener(new MessageListener() {
            @Override
            public Message publishing(MqttClient client, Message message) {
                return message.text().equals("2") ? message.withTopic("#") : message;
            }

            @Override
            public void publishRefused(MqttClient client, Message message, RuntimeException failure) {
                refused.add(message.text());
            }
        });
        try (MqttClient client = builder.build()) {
            client.connect();

            assertThatThrownBy(() -> client.publishAll(messages(4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("messages[2]");

            assertThat(refused).containsExactly("0", "1", "2", "3");
            assertThat(client.statistics().publishes().refused()).isEqualTo(4);
        }
    }

    @Test
    void of_several_threads_keeps_the_order_of_each() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        LinkedBlockingQueue<PublishBatchResult> results = new LinkedBlockingQueue<>();
        try (MqttClient client =
                builder().queue(100_000, 100_000_000, WhenFull.FAIL).build()) {
            client.connect();
            for (int thread = 0; thread < 3; thread++) {
                String topic = "t/" + thread;
                List<Message> mine = IntStream.range(0, 5_000)
                        .mapToObj(i -> Message.of(topic, Integer.toString(i)))
                        .toList();
                new Thread(() -> {
                            try {
                                begun.await();
                                results.add(client.publishAll(mine));
                            } catch (InterruptedException impossible) {
                                Thread.currentThread().interrupt();
                            }
                        })
                        .start();
            }
            begun.countDown();

            for (int thread = 0; thread < 3; thread++) {
                assertThat(results.poll(20, TimeUnit.SECONDS)).isEqualTo(PublishBatchResult.success(5_000));
            }
            List<SeenMessage> arrived = broker.awaitMessages(15_000, SOON);
            for (int thread = 0; thread < 3; thread++) {
                String topic = "t/" + thread;
                assertThat(arrived.stream()
                                .filter(seen -> seen.topic().equals(topic))
                                .map(SeenMessage::text))
                        .isEqualTo(numbers(0, 5_000));
            }
        }
    }
}
