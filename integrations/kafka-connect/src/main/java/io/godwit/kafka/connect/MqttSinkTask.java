package io.godwit.kafka.connect;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes records over one connection, in their order, without waiting for each. Kafka is the store: what the broker has not
 * acknowledged is not committed, and so is read again.
 */
public final class MqttSinkTask extends SinkTask {
    private static final Logger LOG = LoggerFactory.getLogger(MqttSinkTask.class);

    /** How often a paused task looks whether it may go on. */
    private static final long PAUSED_MILLIS = 20;

    // Set once.
    private final LongSupplier nanoTime;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong expired = new AtomicLong();
    private final TaskMetrics metrics = new TaskMetrics(() -> context.pluginMetrics());
    private @Nullable MqttClient client;
    private @Nullable MessageMaker maker;
    private @Nullable ErrantRecordReporter reporter;
    private int maximumInFlight;
    private long backoff;

    // Any thread.
    private volatile @Nullable ConnectException failure;
    private volatile String lastProblem = "not connected yet";
    private volatile int inFlight;

    // Task thread only.
    private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();

    /** Publishes that failed; {@code put} decides about them. */
    private final Queue<Answer> failures = new ArrayDeque<>();

    private boolean paused;

    /** Nothing is published before this time, since the broker could not take a record. */
    private long notBefore;

    /** The broker's answer to a publish, or why there is none. */
    private record Answer(
            SinkRecord record,
            TopicPartition partition,
            PartitionProgress progress,
            int generation,
            @Nullable Throwable failure) {}

    /** For Connect, by reflection. */
    public MqttSinkTask() {
        this(System::nanoTime);
    }

    MqttSinkTask(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public String version() {
        return Versions.current();
    }

    @Override
    public void start(Map<String, String> props) {
        SinkConfig config = new SinkConfig(props);
        maximumInFlight = config.getInt(SinkConfig.IN_FLIGHT);
        backoff = config.getLong(SinkConfig.BACKOFF);
        notBefore = nanoTime.getAsLong();
        maker = new MessageMaker(config);
        reporter = context.errantRecordReporter();
        String clientId = ConnectionConfig.clientId(
                config,
                props.getOrDefault("name", "godwit"),
                Integer.parseInt(props.getOrDefault(SinkConfig.TASK, "0")));
        MqttClientBuilder builder = ConnectionConfig.builder(config, clientId)
                .cleanSession(true)
                .retryFirst(true)
                .reconnect(ConnectionConfig.reconnect(config))
                // The task itself bounds what is in flight; the queue only has to hold that and one batch.
                .queue(Integer.MAX_VALUE, Long.MAX_VALUE, WhenFull.FAIL)
                .dropPropertiesBeforeMqtt5(true)
                .listener(new Observer(clientId));
        if (ConnectionConfig.version(config) == ProtocolVersion.V5) {
            // Before MQTT 5 the broker cannot announce its limit; there the client's own limits are safe with
            // Mosquitto's.
            builder.maximumInFlight(maximumInFlight);
        }
        MqttClient made = builder.build();
        client = made;
        metrics.add("messages-published-total", "Messages acknowledged", published::get);
        metrics.add("messages-refused-total", "Records of which no message became", refused::get);
        metrics.add("messages-expired-total", "Messages that expired before they could be sent", expired::get);
        metrics.add("messages-in-flight", "Messages not acknowledged", () -> inFlight);
        metrics.add("connected", "1 while connected to the broker", () -> made.isConnected() ? 1 : 0);
        made.connectAsync();
    }

    @Override
    public void open(Collection<TopicPartition> opened) {
        opened.forEach(partition -> partitions.put(partition, new PartitionProgress()));
    }

    @Override
    public void close(Collection<TopicPartition> closed) {
        closed.forEach(partitions::remove);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        metrics.retry();
        takeAnswers();
        if (failure != null) {
            throw failure;
        }
        MqttClient to = started(client);
        if (!records.isEmpty()) {
            checkReady(to);
        }
        // Only once the batch is accepted: Connect gives it again, but without the partitions that a rebalance took.
        // What is to be skipped of this batch must not be skipped of the next one.
        Set<TopicPartition> rewound = handleFailures();
        for (SinkRecord record : records) {
            TopicPartition partition = partition(record);
            if (!rewound.contains(partition)) {
                publish(to, record, partition);
            }
        }
        pauseOrResume();
    }

    /** @throws RetriableException if nothing can be published now; Connect keeps the batch */
    private void checkReady(MqttClient to) {
        if (!to.isConnected()) {
            throw later("no connection to the MQTT broker (" + lastProblem + ")", backoff);
        }
        long rest = notBefore - nanoTime.getAsLong();
        if (rest > 0) {
            // One more, since Connect takes 0 for no time limit.
            throw later("the MQTT broker could not take a message", TimeUnit.NANOSECONDS.toMillis(rest) + 1);
        }
    }

    private RetriableException later(String why, long milliseconds) {
        context.timeout(milliseconds);
        return new RetriableException(why + "; trying again in " + milliseconds + " ms");
    }

    /** Transformations may have changed the record's topic; its offset belongs to the original one. */
    private static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    private void publish(MqttClient to, SinkRecord record, TopicPartition partition) {
        long offset = record.originalKafkaOffset();
        PartitionProgress progress = partitions.computeIfAbsent(partition, each -> new PartitionProgress());
        if (!progress.isNew(offset)) {
            return;
        }
        Message message;
        try {
            message = started(maker).make(record);
        } catch (DataException e) {
            report(record, e);
            progress.done(offset);
            return;
        }
        if (message == null) {
            progress.done(offset);
            return;
        }
        progress.begin(offset);
        int generation = progress.generation();
        inFlight++; // only this thread writes it
        try {
            to.publishAsync(message)
                    .whenComplete((result, failed) ->
                            answers.add(new Answer(record, partition, progress, generation, unwrap(failed))));
        } catch (RuntimeException e) {
            answers.add(new Answer(record, partition, progress, generation, e));
        }
    }

    /** What has become of publishes since the last call; failures are only collected. */
    private void takeAnswers() {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            inFlight--;
            if (!isCurrent(answer)) {
                continue;
            }
            long offset = answer.record().originalKafkaOffset();
            Throwable failed = answer.failure();
            if (failed == null) {
                published.incrementAndGet();
                answer.progress().done(offset);
            } else if (hasExpired(failed)) {
                LOG.info("{}: the message of offset {} expired before it could be sent", answer.partition(), offset);
                expired.incrementAndGet();
                answer.progress().done(offset);
            } else {
                failures.add(answer);
            }
        }
    }

    /** False: the partition has been assigned again since, here or elsewhere, or the record comes again. */
    private boolean isCurrent(Answer answer) {
        return partitions.get(answer.partition()) == answer.progress()
                && answer.progress().generation() == answer.generation();
    }

    /**
     * Only for {@code put}. Connect seeks before it polls, so a rewind within {@code preCommit} would skip the records
     * that were read again; and it ignores what {@code preCommit} throws.
     *
     * @return the partitions that were rewound: what the present batch has of them comes again
     */
    private Set<TopicPartition> handleFailures() {
        Set<TopicPartition> rewound = new HashSet<>();
        for (Answer answer = failures.poll(); answer != null; answer = failures.poll()) {
            Throwable failed = answer.failure();
            if (failed == null || !isCurrent(answer)) {
                continue;
            }
            long offset = answer.record().originalKafkaOffset();
            if (isTemporary(failed)) {
                rewind(answer.partition(), answer.progress(), offset, failed);
                rewound.add(answer.partition());
            } else {
                report(answer.record(), failed);
                answer.progress().done(offset);
            }
        }
        return rewound;
    }

    /** The message's own expiry has passed: that is no fault, and nothing to try again. */
    private static boolean hasExpired(Throwable failed) {
        return failed instanceof PublishException publish && publish.kind() == PublishException.Cause.EXPIRED;
    }

    /** Whether the same message may succeed later. */
    private static boolean isTemporary(Throwable failed) {
        if (failed instanceof PublishException publish) {
            return switch (publish.kind()) {
                case REFUSED -> publish.reason() == ReasonCode.QUOTA_EXCEEDED;
                case QUEUE_FULL, DROPPED, CANCELLED, SESSION_LOST, CONNECTION_LOST -> true;
                case LIMIT, EXPIRED, BROKER_DISCONNECTS -> false;
            };
        }
        return !(failed instanceof IllegalArgumentException || failed instanceof IllegalStateException);
    }

    /** Reads the partition again from this record on, which keeps the order. */
    private void rewind(TopicPartition partition, PartitionProgress progress, long offset, Throwable failed) {
        LOG.warn("{}: publishes again from offset {}: {}", partition, offset, failed.getMessage());
        long from = Math.min(offset, progress.committable());
        progress.rewind(from);
        context.offset(partition, from);
        notBefore = nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(backoff);
    }

    /** A record that will never be published: for Connect's dead letter queue, as errors.tolerance says. */
    private void report(SinkRecord record, Throwable failed) {
        refused.incrementAndGet();
        ErrantRecordReporter to = reporter;
        if (to == null) {
            throw new ConnectException(
                    "cannot publish the record of " + record.originalTopic() + "-" + record.originalKafkaPartition()
                            + " at offset " + record.originalKafkaOffset() + ": " + failed.getMessage()
                            + ". Set errors.tolerance=all and errors.deadletterqueue.topic.name to go on",
                    failed);
        }
        to.report(record, failed);
    }

    private void pauseOrResume() {
        TopicPartition[] assigned = context.assignment().toArray(TopicPartition[]::new);
        if (inFlight >= maximumInFlight) {
            context.pause(assigned);
            paused = true;
        } else if (paused && inFlight <= maximumInFlight / 2) {
            context.resume(assigned);
            paused = false;
        }
        if (paused) {
            context.timeout(PAUSED_MILLIS);
        }
    }

    /** Only what is acknowledged, and everything before it, is committed. */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        takeAnswers();
        Map<TopicPartition, OffsetAndMetadata> acknowledged = new HashMap<>();
        currentOffsets.forEach((partition, delivered) -> {
            PartitionProgress progress = partitions.get(partition);
            long offset = progress == null ? -1 : progress.committable();
            if (offset >= 0) {
                acknowledged.put(partition, new OffsetAndMetadata(Math.min(offset, delivered.offset())));
            }
        });
        return acknowledged;
    }

    @Override
    public void stop() {
        if (client != null) {
            client.close();
        }
    }

    private static @Nullable Throwable unwrap(@Nullable Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the task was not started");
        }
        return part;
    }

    private final class Observer implements ClientListener {
        private final String clientId;

        Observer(String clientId) {
            this.clientId = clientId;
        }

        @Override
        public void connectFailed(MqttClient source, ConnectFailure failed, @Nullable Duration next) {
            lastProblem = "step " + ConnectionCheck.step(failed.phase()) + " failed: " + failed.text();
            if (next == null) {
                failure = new ConnectException(clientId + ": " + lastProblem, failed.exception());
            } else {
                LOG.warn("{}: {}; next attempt in {} ms", clientId, lastProblem, next.toMillis());
            }
        }

        @Override
        public void disconnected(MqttClient source, DisconnectCause cause, @Nullable Duration next) {
            if (cause.endedBy() != DisconnectCause.EndedBy.APPLICATION) {
                lastProblem = cause.text();
                LOG.warn("{}: disconnected: {}", clientId, cause.text());
            }
        }
    }
}
