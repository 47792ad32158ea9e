package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MqttSinkTaskTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final TopicPartition PARTITION = new TopicPartition("commands", 0);
    private static final TopicPartition OTHER = new TopicPartition("commands", 1);
    private static final Duration BACKOFF = Duration.ofSeconds(1); // the default

    private final AtomicReference<ReasonCode> answer = new AtomicReference<>(ReasonCode.SUCCESS);
    private final Map<String, String> settings = new HashMap<>();
    private final FakeSinkContext context = new FakeSinkContext();
    private final AtomicLong now = new AtomicLong();
    private final MqttSinkTask task = new MqttSinkTask(now::get);
    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.builder()
                .policy(new BrokerPolicy() {
                    @Override
                    public ReasonCode publish(String clientId, Message message) {
                        return message.topic().startsWith("refused") ? answer.get() : ReasonCode.SUCCESS;
                    }
                })
                .start();
        settings.putAll(Map.of("name", "sink", "mqtt.server.uri", broker.uri(), "mqtt.topic", "{key}"));
        context.assigned.add(PARTITION);
    }

    @AfterEach
    void stop() {
        task.stop();
        broker.close();
    }

    private void connect(String... more) {
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        task.initialize(context);
        task.start(settings);
        task.open(context.assigned);
        broker.awaitConnected("sink-0", SOON);
        await().atMost(SOON).until(this::accepts);
    }

    private boolean accepts() {
        try {
            task.put(List.of(record(0, "first", "x")));
            return true;
        } catch (RetriableException e) {
            return false;
        }
    }

    private static SinkRecord record(long offset, String key, Object value) {
        return record(PARTITION, offset, key, value);
    }

    private static SinkRecord record(TopicPartition partition, long offset, String key, Object value) {
        return new SinkRecord(
                partition.topic(),
                partition.partition(),
                Schema.STRING_SCHEMA,
                key,
                null,
                value,
                offset,
                null,
                TimestampType.NO_TIMESTAMP_TYPE,
                new ConnectHeaders());
    }

    private long committed(long delivered) {
        return committed(PARTITION, delivered);
    }

    private long committed(TopicPartition partition, long delivered) {
        OffsetAndMetadata offset = task.preCommit(Map.of(partition, new OffsetAndMetadata(delivered)))
                .get(partition);
        return offset == null ? -1 : offset.offset();
    }

    /** Answers come in order: when this one is there, those of all records before it are. */
    private void awaitAnswers() {
        task.put(List.of(record(OTHER, 0, "last", "z")));
        await().atMost(SOON).until(() -> committed(OTHER, 1) == 1);
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void awaitConnected(int connected) {
        await().atMost(SOON).until(() -> context.metrics.value("connected") == connected);
    }

    /** The broker refuses for now, and the task knows that, but has not handled it: only {@code put} does. */
    private void refuseForNow(SinkRecord record) {
        answer.set(ReasonCode.QUOTA_EXCEEDED);
        TopicPartition marker = new TopicPartition("marker", 0);
        task.put(List.of(record, record(marker, 0, "marker", "z")));
        await().atMost(SOON).until(() -> committed(marker, 1) == 1);
        answer.set(ReasonCode.SUCCESS);
    }

    private List<String> topics() {
        return broker.messages().stream().map(seen -> seen.message().topic()).toList();
    }

    @Test
    void only_offsets_of_acknowledged_messages_are_committed() {
        connect();
        await().atMost(SOON).until(() -> committed(1) == 1);
        broker.silent(true);

        task.put(List.of(record(1, "a", "x"), record(2, "b", "y")));

        assertThat(committed(3)).isEqualTo(1);
        broker.silent(false);
        await().atMost(SOON).until(() -> committed(3) == 3);
        assertThat(topics()).containsExactly("first", "a", "b");
    }

    @Test
    void an_unreachable_broker_is_a_retriable_error_and_nothing_is_published_twice() {
        connect("mqtt.reconnect.backoff.max.ms", "100");
        broker.goOffline();
        List<SinkRecord> batch = List.of(record(1, "a", "x"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> task.put(batch))
                        .isInstanceOf(RetriableException.class)
                        .hasMessageContaining("no connection to the MQTT broker"));
        broker.goOnline();

        await().atMost(SOON).until(() -> {
            try {
                task.put(batch);
                return true;
            } catch (RetriableException e) {
                return false;
            }
        });

        task.put(batch);
        await().atMost(SOON).until(() -> committed(2) == 2);
        assertThat(topics().stream().filter("a"::equals)).hasSize(1);
    }

    @Test
    void a_refused_message_goes_to_the_dead_letter_queue_and_the_next_ones_go_on() {
        answer.set(ReasonCode.NOT_AUTHORIZED);
        connect();

        task.put(List.of(record(1, "refused/x", "x"), record(2, "b", "y")));

        await().atMost(SOON).until(() -> {
            task.put(List.of()); // as Connect does at each poll
            return committed(3) == 3;
        });
        assertThat(context.deadLetters).extracting(SinkRecord::kafkaOffset).containsExactly(1L);
        assertThat(topics()).contains("b");
    }

    @Test
    void without_a_dead_letter_queue_a_refused_message_fails_the_task() {
        answer.set(ReasonCode.NOT_AUTHORIZED);
        context.reports = false;
        connect();
        task.put(List.of(record(1, "refused/x", "x")));

        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> task.put(List.of()))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining("commands-0 at offset 1"));
    }

    @Test
    void a_temporary_refusal_reads_the_partition_again_from_there() {
        answer.set(ReasonCode.QUOTA_EXCEEDED);
        connect();
        task.put(List.of(record(1, "refused/x", "x"), record(2, "b", "y")));
        await().atMost(SOON).until(() -> {
            task.put(List.of());
            return context.rewinds.containsKey(PARTITION);
        });
        assertThat(context.rewinds).containsEntry(PARTITION, 1L);
        assertThat(committed(3)).isEqualTo(1);
        answer.set(ReasonCode.SUCCESS);
        advance(BACKOFF);

        task.put(List.of(record(1, "refused/x", "x"), record(2, "b", "y")));

        await().atMost(SOON).until(() -> committed(3) == 3);
        assertThat(topics()).endsWith("refused/x", "b");
        assertThat(context.deadLetters).isEmpty();
    }

    @Test
    void a_temporary_refusal_found_by_a_commit_is_handled_by_the_next_put() {
        answer.set(ReasonCode.QUOTA_EXCEEDED);
        context.assigned.add(OTHER);
        connect();
        broker.silent(true);
        task.put(List.of(record(1, "refused/x", "x"), record(OTHER, 0, "last", "z")));
        broker.silent(false);

        await().atMost(SOON).until(() -> committed(OTHER, 1) == 1);

        assertThat(committed(2)).isEqualTo(1);
        assertThat(context.rewinds).isEmpty();
        task.put(List.of());
        assertThat(context.rewinds).containsEntry(PARTITION, 1L);
        answer.set(ReasonCode.SUCCESS);
        advance(BACKOFF);
        task.put(List.of(record(1, "refused/x", "x")));
        await().atMost(SOON).until(() -> committed(2) == 2);
        assertThat(topics()).endsWith("refused/x");
    }

    @Test
    void what_is_read_again_after_a_temporary_refusal_waits_for_the_backoff() {
        connect();
        refuseForNow(record(1, "refused/x", "x"));
        task.put(List.of());
        List<SinkRecord> again = List.of(record(1, "refused/x", "again"));

        assertThatThrownBy(() -> task.put(again)).isInstanceOf(RetriableException.class);
        assertThat(context.timeout).isBetween(BACKOFF.toMillis(), BACKOFF.toMillis() + 1);
        advance(BACKOFF.minusMillis(300));
        assertThatThrownBy(() -> task.put(again)).isInstanceOf(RetriableException.class);
        assertThat(context.timeout).isBetween(300L, 301L);
        assertThat(committed(2)).isEqualTo(1);

        advance(Duration.ofMillis(300));
        task.put(again);

        await().atMost(SOON).until(() -> committed(2) == 2);
        assertThat(topics()).filteredOn("refused/x"::equals).hasSize(1);
    }

    @Test
    void nothing_is_skipped_when_a_rebalance_follows_a_temporary_refusal_and_a_lost_connection() {
        connect("mqtt.reconnect.backoff.max.ms", "100");
        refuseForNow(record(1, "refused/x", "x"));
        broker.goOffline();
        awaitConnected(0);
        assertThatThrownBy(() -> task.put(List.of(record(2, "b", "y")))).isInstanceOf(RetriableException.class);

        // Connect drops the batch, and the partition comes back at what was committed.
        assertThat(committed(3)).isEqualTo(1);
        task.close(List.of(PARTITION));
        task.open(List.of(PARTITION));
        broker.goOnline();
        awaitConnected(1);
        advance(BACKOFF);
        task.put(List.of(record(1, "refused/x", "x"), record(2, "b", "y")));

        await().atMost(SOON).until(() -> committed(3) == 3);
        assertThat(topics()).endsWith("refused/x", "b");
    }

    @Test
    void nothing_is_skipped_when_a_rebalance_takes_the_batch_of_another_partition_away() {
        context.assigned.add(OTHER);
        connect("mqtt.reconnect.backoff.max.ms", "100");
        refuseForNow(record(1, "refused/x", "x"));
        broker.goOffline();
        awaitConnected(0);
        assertThatThrownBy(() -> task.put(List.of(record(OTHER, 0, "o", "y")))).isInstanceOf(RetriableException.class);
        task.close(List.of(OTHER));
        broker.goOnline();
        awaitConnected(1);

        AtomicLong position = new AtomicLong(2);
        await().atMost(SOON).until(() -> {
            advance(BACKOFF);
            Long seek = context.rewinds.remove(PARTITION);
            position.set(seek == null ? position.get() : seek);
            task.put(Stream.of(record(1, "refused/x", "x"), record(2, "b", "y"))
                    .filter(each -> each.originalKafkaOffset() >= position.get())
                    .toList());
            position.set(3);
            return committed(3) == 3;
        });

        assertThat(topics()).endsWith("refused/x", "b");
    }

    @Test
    void a_message_that_expires_before_it_could_be_sent_is_done() {
        broker.settings(s -> s.receiveMaximum(1));
        context.reports = false;
        connect();
        await().atMost(SOON).until(() -> committed(1) == 1);
        broker.silent(true);
        SinkRecord shortLived = record(2, "b", "y");
        shortLived.headers().addLong("mqtt.message.expiry", 0);

        task.put(List.of(record(1, "a", "x"), shortLived, record(3, "c", "z")));

        await().atMost(SOON).until(() -> {
            task.put(List.of());
            return context.metrics.value("messages-expired-total") == 1;
        });
        assertThat(committed(4)).isEqualTo(1);
        broker.silent(false);
        await().atMost(SOON).until(() -> committed(4) == 4);
        assertThat(topics()).containsExactly("first", "a", "c");
        assertThat(context.metrics.value("messages-refused-total")).isZero();
    }

    @Test
    void as_many_are_in_flight_as_the_setting_says_even_above_the_clients_default() {
        int many = 1_100;
        answer.set(null); // taken, and not acknowledged
        connect("max.in.flight", "2000");
        List<SinkRecord> records = new ArrayList<>();
        for (int i = 1; i <= many; i++) {
            records.add(record(i, "refused/x", "x"));
        }

        task.put(records);

        broker.awaitMessages(1 + many, SOON);
        answer.set(ReasonCode.SUCCESS);
        broker.dropConnection("sink-0");
        await().atMost(SOON).until(() -> committed(1 + many) == 1 + many);
    }

    @Test
    void a_refusal_found_by_a_commit_fails_the_next_put_without_a_dead_letter_queue() {
        answer.set(ReasonCode.NOT_AUTHORIZED);
        context.reports = false;
        context.assigned.add(OTHER);
        connect();
        broker.silent(true);
        task.put(List.of(record(1, "refused/x", "x"), record(OTHER, 0, "last", "z")));
        broker.silent(false);

        await().atMost(SOON).until(() -> committed(OTHER, 1) == 1);

        assertThatThrownBy(() -> task.put(List.of()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("commands-0 at offset 1");
    }

    @Test
    void an_answer_to_a_record_of_an_earlier_assignment_does_not_count() {
        context.assigned.add(OTHER);
        connect();
        await().atMost(SOON).until(() -> committed(1) == 1);
        broker.silent(true);
        task.put(List.of(record(1, "a", "x"), record(2, "b", "y")));

        task.close(List.of(PARTITION));
        task.open(List.of(PARTITION));
        broker.silent(false);

        awaitAnswers();
        assertThat(committed(1)).isEqualTo(-1);
    }

    @Test
    void on_older_versions_the_fields_that_they_lack_are_left_out() {
        connect("mqtt.protocol.version", "3.1.1", "mqtt.content.type", "text/plain");
        SinkRecord record = record(1, "a", "x");
        record.headers().addString("mqtt.user.site", "north");

        task.put(List.of(record));

        SeenMessage seen = broker.awaitMessage(each -> each.message().topic().equals("a"), SOON);
        assertThat(seen.message().text()).isEqualTo("x");
        assertThat(seen.message().contentType()).isNull();
        await().atMost(SOON).until(() -> committed(2) == 2);
    }

    @Test
    void too_much_in_flight_pauses_the_consumer_until_half_is_acknowledged() {
        connect("max.in.flight", "2");
        broker.silent(true);
        task.put(List.of(record(1, "a", "x"), record(2, "a", "y"), record(3, "a", "z")));
        assertThat(context.paused).containsExactly(PARTITION);

        broker.silent(false);

        await().atMost(SOON).until(() -> {
            task.put(List.of());
            return context.paused.isEmpty();
        });
    }

    @Test
    void a_record_without_a_topic_is_a_bad_one() {
        connect();

        task.put(List.of(record(1, null, "x"), record(2, "a/#", "y")));

        assertThat(context.deadLetters).hasSize(2);
        assertThat(context.reasons.get(0)).hasMessageContaining("no value for {key}");
        assertThat(context.reasons.get(1)).hasMessageContaining("#");
        await().atMost(SOON).until(() -> committed(3) == 3);
    }

    @Test
    void headers_set_the_fields_of_the_message() {
        connect();
        SinkRecord record = record(1, "a", "x".getBytes(StandardCharsets.UTF_8));
        record.headers()
                .addString("mqtt.qos", "2")
                .addBoolean("mqtt.retain", true)
                .addLong("mqtt.message.expiry", 60)
                .addString("mqtt.content.type", "text/plain")
                .addString("mqtt.user.site", "north")
                .addString("other", "ignored");

        task.put(List.of(record));

        SeenMessage seen = broker.awaitMessage(each -> each.message().topic().equals("a"), SOON);
        Message message = seen.message();
        assertThat(message.qos()).isEqualTo(Qos.EXACTLY_ONCE);
        assertThat(message.retain()).isTrue();
        assertThat(message.expiry()).isEqualTo(Duration.ofMinutes(1));
        assertThat(message.contentType()).isEqualTo("text/plain");
        assertThat(message.userProperty("site")).isEqualTo("north");
        assertThat(message.text()).isEqualTo("x");
    }

    @Test
    void a_structured_value_becomes_json_and_can_name_the_topic() {
        connect("mqtt.topic", "{json:/device/id}/{header:kind|none}/{topic}");

        task.put(List.of(record(1, "k", Map.of("device", Map.of("id", 7)))));

        SeenMessage seen = broker.awaitMessage(each -> each.message().topic().startsWith("7/"), SOON);
        assertThat(seen.message().topic()).isEqualTo("7/none/commands");
        assertThat(seen.message().text()).isEqualTo("{\"device\":{\"id\":7}}");
    }

    @Test
    void a_record_without_a_value_is_ignored_or_clears_the_retained_message() {
        connect("behavior.on.null.values", "publish", "mqtt.retain", "true");
        task.put(List.of(record(1, "a", "kept")));
        await().atMost(SOON).until(() -> broker.retained("a") != null);

        task.put(List.of(record(2, "a", null)));

        await().atMost(SOON).until(() -> broker.retained("a") == null);
        MessageMaker ignoring =
                new MessageMaker(new SinkConfig(Map.of("mqtt.server.uri", "mqtt://localhost", "mqtt.topic", "t")));
        assertThat(ignoring.make(record(3, "a", null))).isNull();
    }

    @Test
    void messages_keep_the_order_of_the_records() {
        connect();
        List<SinkRecord> records = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            records.add(record(i, "k/" + i, "x"));
        }

        task.put(records);

        await().atMost(SOON).until(() -> committed(201) == 201);
        assertThat(topics())
                .containsExactlyElementsOf(Stream.concat(
                                Stream.of("first"),
                                java.util.stream.IntStream.rangeClosed(1, 200).mapToObj(i -> "k/" + i))
                        .toList());
    }

    @Test
    void a_task_starts_while_an_earlier_run_has_its_metrics_and_registers_them_later() {
        context.metrics.names.add("messages-in-flight");

        connect();
        assertThat(context.metrics.names).contains("messages-published-total");
        context.metrics.names.clear();

        await().atMost(SOON).untilAsserted(() -> {
            task.put(List.of());
            assertThat(context.metrics.names).containsExactly("messages-in-flight");
        });
    }
}
