package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttSourceTaskTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CLIENT = "plant-0";

    private final List<MqttSourceTask> tasks = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private final FakeSourceContext context = new FakeSourceContext();
    private final AtomicLong now = new AtomicLong();
    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        settings.putAll(Map.of(
                "name", "plant", "mqtt.server.uri", broker.uri(), "mqtt.topics", "a/#", "kafka.topic", "mqtt.{1}"));
    }

    @AfterEach
    void stop() {
        tasks.forEach(MqttSourceTask::stop);
        broker.close();
    }

    private MqttSourceTask task(String... more) {
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        MqttSourceTask task = new MqttSourceTask(now::get);
        task.initialize(context);
        task.start(settings);
        tasks.add(task);
        return task;
    }

    private MqttSourceTask subscribed(String... more) {
        MqttSourceTask task = task(more);
        broker.awaitSubscribed(CLIENT, "a/#", SOON);
        return task;
    }

    /** A task of two with the filters a/# and b/#, so that its own is a/#; one task before has subscribed to both. */
    private MqttSourceTask oneOfTwoWasAlone() {
        settings.put("mqtt.topics", "a/#,b/#");
        MqttSourceTask alone = subscribed(SourceConfig.TASKS, "1");
        broker.awaitSubscribed(CLIENT, "b/#", SOON);
        stopped(alone);
        context.offsets.put(MqttSourceConnector.partition(CLIENT), Map.of("message", 1L, "filters", "a/#\nb/#"));
        MqttSourceTask task = task(SourceConfig.TASKS, "2");
        broker.awaitConnected(CLIENT, SOON);
        return task;
    }

    private void stopped(MqttSourceTask task) {
        task.stop();
        broker.awaitDisconnected(CLIENT, SOON);
        context.metrics.names.clear(); // as a worker does
    }

    private void advance(Duration time) {
        now.addAndGet(time.plusMillis(1).toNanos());
    }

    /** Polls, as Connect does, until the session has but these subscriptions; at each poll it is a minute later. */
    private void awaitSubscriptions(MqttSourceTask task, String... filters) {
        await().atMost(SOON).until(() -> {
            task.poll();
            advance(RetiredSession.OVERLAP);
            return broker.subscriptions(CLIENT).equals(List.of(filters));
        });
    }

    /** Publishes a message, and takes and acknowledges its record. */
    private SourceRecord nextRecord(MqttSourceTask task) throws InterruptedException {
        broker.publish(Message.of("a/b", "x"));
        SourceRecord record = poll(task, 1).get(0);
        task.commitRecord(record, null);
        await().atMost(SOON).until(() -> broker.pending(CLIENT).isEmpty());
        return record;
    }

    private static List<SourceRecord> poll(MqttSourceTask task, int count) throws InterruptedException {
        List<SourceRecord> records = new ArrayList<>();
        for (long end = System.nanoTime() + SOON.toNanos(); records.size() < count && System.nanoTime() < end; ) {
            List<SourceRecord> some = task.poll();
            if (some != null) {
                records.addAll(some);
            }
        }
        assertThat(records).hasSize(count);
        return records;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_message_is_acknowledged_when_its_record_is_committed_and_not_before(int qos) throws Exception {
        MqttSourceTask task = subscribed("mqtt.qos", String.valueOf(qos));
        broker.publish(Message.of("a/b", "hello").withQos(Qos.of(qos)));

        SourceRecord record = poll(task, 1).get(0);

        assertThat(broker.pending(CLIENT)).hasSize(1);
        task.commitRecord(record, null);
        await().atMost(SOON).until(() -> broker.pending(CLIENT).isEmpty());
        assertThat(broker.violations()).isEmpty();
    }

    @Test
    void acknowledgements_keep_the_order_of_the_messages() throws Exception {
        MqttSourceTask task = subscribed();
        broker.publish(Message.of("a/1", "first"));
        broker.publish(Message.of("a/2", "second"));
        List<SourceRecord> records = poll(task, 2);

        task.commitRecord(records.get(1), null);
        assertThat(broker.pending(CLIENT)).hasSize(2);

        task.commitRecord(records.get(0), null);
        await().atMost(SOON).until(() -> broker.pending(CLIENT).isEmpty());
    }

    @Test
    void what_a_stopped_task_had_not_committed_comes_to_the_next_one_marked_as_duplicate() throws Exception {
        MqttSourceTask task = subscribed();
        broker.publish(Message.of("a/1", "committed"));
        broker.publish(Message.of("a/2", "polled"));
        List<SourceRecord> records = poll(task, 2);
        task.commitRecord(records.get(0), null);
        await().atMost(SOON).until(() -> broker.pending(CLIENT).size() == 1);
        task.stop();
        broker.awaitDisconnected(CLIENT, SOON);
        broker.publish(Message.of("a/3", "meanwhile"));

        List<SourceRecord> again = poll(task(), 2);

        assertThat(again).extracting(SourceRecord::key).containsExactly("a/2", "a/3");
        assertThat(again.get(0).headers().lastWithName("mqtt.duplicate").value())
                .isEqualTo(true);
        assertThat(again.get(1).headers().lastWithName("mqtt.duplicate").value())
                .isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void no_more_messages_are_taken_than_the_receive_maximum_in_any_version(String version) throws Exception {
        MqttSourceTask task = subscribed("mqtt.receive.maximum", "3", "mqtt.protocol.version", version);
        for (int i = 0; i < 10; i++) {
            broker.publish(Message.of("a/" + i, "x"));
        }

        List<SourceRecord> first = poll(task, 3);

        assertThat(task.poll()).isNull();
        for (SourceRecord record : first) {
            task.commitRecord(record, null);
        }
        assertThat(poll(task, 3)).extracting(SourceRecord::key).containsExactly("a/3", "a/4", "a/5");
    }

    @Test
    void equal_messages_are_records_that_are_not_equal() throws Exception {
        MqttSourceTask task = subscribed();
        broker.publish(Message.of("a/b", "same"));
        broker.publish(Message.of("a/b", "same"));

        List<SourceRecord> records = poll(task, 2);

        assertThat(records.get(0)).isNotEqualTo(records.get(1));
    }

    @Test
    void the_session_outlives_a_restart_of_the_broker_and_the_task_goes_on() throws Exception {
        MqttSourceTask task = subscribed("mqtt.reconnect.backoff.max.ms", "100");
        broker.restart(true);
        broker.awaitConnected(CLIENT, SOON);

        broker.publish(Message.of("a/b", "after"));

        assertThat(poll(task, 1)).extracting(SourceRecord::topic).containsExactly("mqtt.a");
    }

    @Test
    void a_bad_message_fails_the_task_and_stays_unacknowledged() throws Exception {
        MqttSourceTask task = subscribed("value.format", "json");
        broker.publish(Message.of("a/b", "{"));

        assertThatThrownBy(() -> poll(task, 1))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("'a/b'")
                .hasMessageContaining("errors.tolerance=all");
        assertThat(broker.pending(CLIENT)).hasSize(1);
    }

    @Test
    void with_tolerance_a_bad_message_goes_to_the_topic_of_dead_letters() throws Exception {
        MqttSourceTask task = subscribed("value.format", "json", "errors.tolerance", "all", "dead.letter.topic", "bad");
        broker.publish(Message.of("a/b", "{"));
        broker.publish(Message.of("a/c", "{\"x\":1}"));

        List<SourceRecord> records = poll(task, 2);

        assertThat(records).extracting(SourceRecord::topic).containsExactly("bad", "mqtt.a");
        assertThat(records.get(0).headers().lastWithName("mqtt.error").value().toString())
                .contains("not the JSON");
        assertThat(broker.pending(CLIENT)).hasSize(2);
    }

    @Test
    void with_tolerance_alone_a_bad_message_is_dropped() throws Exception {
        MqttSourceTask task = subscribed("value.format", "json", "errors.tolerance", "all");
        broker.publish(Message.of("a/b", "{"));

        await().atMost(SOON)
                .until(() -> task.poll() == null && broker.pending(CLIENT).isEmpty());
    }

    @Test
    void a_refused_subscription_fails_the_task() {
        broker.settings(s -> s.sharedAvailable(false));
        MqttSourceTask task = task(SourceConfig.IS_SHARED, "true");

        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(task::poll)
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining("$share/plant/a/#"));
    }

    @Test
    void two_tasks_share_a_subscription() throws Exception {
        MqttSourceTask first = task(SourceConfig.IS_SHARED, "true", SourceConfig.TASKS, "2");
        MqttSourceTask second = task(SourceConfig.TASK, "1");
        broker.awaitSubscribed("plant-0", "$share/plant/a/#", SOON);
        broker.awaitSubscribed("plant-1", "$share/plant/a/#", SOON);

        for (int i = 0; i < 10; i++) {
            broker.publish(Message.of("a/" + i, "x"));
        }

        assertThat(poll(first, 5)).hasSize(5);
        assertThat(poll(second, 5)).hasSize(5);
    }

    @Test
    void the_session_of_a_task_that_was_taken_away_is_emptied_by_another() throws Exception {
        MqttSourceTask gone = task(SourceConfig.TASK, "1", SourceConfig.TASKS, "2", SourceConfig.IS_SHARED, "true");
        broker.awaitSubscribed("plant-1", "$share/plant/a/#", SOON);
        broker.publish(Message.of("a/b", "left behind"));
        poll(gone, 1);
        gone.stop();
        broker.awaitDisconnected("plant-1", SOON);

        MqttSourceTask remaining = task(
                SourceConfig.TASK,
                "0",
                SourceConfig.TASKS,
                "1",
                SourceConfig.IS_SHARED,
                "false",
                SourceConfig.RETIRED,
                "1");

        SourceRecord record = poll(remaining, 1).get(0);
        assertThat(new String((byte[]) record.value(), StandardCharsets.UTF_8)).isEqualTo("left behind");
        remaining.commitRecord(record, null);
        await().atMost(SOON).until(() -> broker.pending("plant-1").isEmpty());
    }

    @Test
    void retained_messages_come_if_they_are_wanted() throws Exception {
        broker.publish(Message.of("a/kept", "old").withRetain(true));

        SourceRecord record = poll(task("mqtt.retained", "all"), 1).get(0);

        assertThat(record.headers().lastWithName("mqtt.retain").value()).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void retained_messages_do_not_come_by_default(String version) throws Exception {
        broker.publish(Message.of("a/kept", "old").withRetain(true));
        MqttSourceTask task = subscribed("mqtt.protocol.version", version);

        broker.publish(Message.of("a/new", "new"));

        assertThat(poll(task, 1)).extracting(SourceRecord::key).containsExactly("a/new");
    }

    @Test
    void a_message_of_an_earlier_filter_is_dropped() throws Exception {
        MqttSourceTask before = subscribed();
        before.stop();
        broker.awaitDisconnected(CLIENT, SOON);
        MqttSourceTask task = task("mqtt.topics", "b/#");
        broker.awaitSubscribed(CLIENT, "b/#", SOON);

        broker.publish(Message.of("a/x", "of the earlier filter"));
        broker.publish(Message.of("b/x", "wanted"));

        assertThat(poll(task, 1)).extracting(SourceRecord::key).containsExactly("b/x");
        await().atMost(SOON).until(() -> broker.pending(CLIENT).size() == 1);
    }

    @Test
    void offsets_name_the_session_and_its_filters() throws Exception {
        MqttSourceTask task = subscribed();
        broker.publish(Message.of("a/b", "x"));

        SourceRecord record = poll(task, 1).get(0);

        assertThat(record.sourcePartition()).isEqualTo(Map.of("client.id", CLIENT));
        assertThat(record.sourceOffset()).isEqualTo(Map.of("message", 1L, "filters", "a/#"));
    }

    @Test
    void a_filter_that_moved_to_another_task_is_unsubscribed_even_if_the_task_restarts_before() throws Exception {
        MqttSourceTask before = oneOfTwoWasAlone();
        SourceRecord record = nextRecord(before);
        stopped(before);
        context.offsets.put(MqttSourceConnector.partition(CLIENT), new HashMap<>(record.sourceOffset()));
        MqttSourceTask task = task();
        assertThat(nextRecord(task).sourceOffset().get("filters")).isEqualTo("a/#\nb/#");

        awaitSubscriptions(task, "a/#");

        await().atMost(SOON)
                .until(() -> nextRecord(task).sourceOffset().get("filters").equals("a/#"));
    }

    @Test
    void a_filter_that_moved_to_another_task_stays_for_a_minute_after_the_broker_was_away() throws Exception {
        settings.put("mqtt.reconnect.backoff.max.ms", "100");
        MqttSourceTask task = oneOfTwoWasAlone();
        nextRecord(task);
        broker.goOffline();
        await().atMost(SOON).until(() -> context.metrics.value("connected") == 0);
        advance(RetiredSession.OVERLAP);
        task.poll();

        broker.goOnline();
        await().atMost(SOON).until(() -> context.metrics.value("connected") == 1);
        task.poll();
        nextRecord(task); // an UNSUBSCRIBE would arrive before its acknowledgement

        assertThat(broker.subscriptions(CLIENT)).containsExactly("a/#", "b/#");
        awaitSubscriptions(task, "a/#");
    }

    @Test
    void a_broker_that_refuses_for_good_fails_the_task() {
        broker.refuseConnects(0x85);
        MqttSourceTask task = task();

        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(task::poll)
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining("step 6, CONNECT and CONNACK, failed"));
    }

    @Test
    void a_task_starts_while_an_earlier_run_has_its_metrics_and_registers_them_later() {
        context.metrics.names.add("connected");

        MqttSourceTask task = subscribed();
        assertThat(context.metrics.names).contains("messages-received-total");
        context.metrics.names.clear();

        await().atMost(SOON).untilAsserted(() -> {
            task.poll();
            assertThat(context.metrics.names).containsExactly("connected");
        });
    }
}
