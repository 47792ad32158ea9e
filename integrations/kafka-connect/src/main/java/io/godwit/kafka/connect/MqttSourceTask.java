package io.godwit.kafka.connect;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session at the MQTT broker, under the client identifier of connector and task number, so that it survives restarts and
 * rebalances. Messages wait in a bounded buffer for {@code poll}; each is acknowledged in {@code commitRecord}, when Kafka has
 * its record. What is not acknowledged when the task ends, the broker sends again, to whichever worker runs the task next.
 */
public final class MqttSourceTask extends SourceTask {
    private static final Logger LOG = LoggerFactory.getLogger(MqttSourceTask.class);

    private static final long POLL_MILLIS = 500;

    /** In an offset: how many records this process had made; keeps offsets apart, and has no other meaning. */
    private static final String COUNT = "message";

    /** In an offset: what the session is subscribed to, perhaps more than it shall be, one filter a line. */
    private static final String FILTERS = "filters";

    // Set once.
    private final LongSupplier nanoTime;
    private final SourceMetrics metrics = new SourceMetrics();
    private final TaskMetrics registered = new TaskMetrics(() -> context.pluginMetrics());
    private final List<RetiredSession> retired = new ArrayList<>();
    private @Nullable SourceConfig config;
    private @Nullable RecordMaker maker;
    private @Nullable ReceiveBuffer buffer;
    private @Nullable BrokerSession session;
    private List<TopicFilter> wanted = List.of();
    private Map<String, String> partition = Map.of();
    private boolean tolerant;

    // Task thread only.
    private String filters = "";
    /** Filters of an earlier configuration, until the broker has ended them. */
    private Set<String> former = Set.of();
    /** Null before UNSUBSCRIBE. */
    private @Nullable CompletableFuture<?> unsubscribed;

    private long records;
    private boolean warnedOfUnwanted;

    /** For Connect, by reflection. */
    public MqttSourceTask() {
        this(System::nanoTime);
    }

    MqttSourceTask(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public String version() {
        return Versions.current();
    }

    @Override
    public void start(Map<String, String> props) {
        SourceConfig settings = new SourceConfig(props);
        String connector = props.getOrDefault("name", "godwit");
        int task = Integer.parseInt(props.getOrDefault(SourceConfig.TASK, "0"));
        TaskPlan plan = new TaskPlan(
                Integer.parseInt(props.getOrDefault(SourceConfig.TASKS, "1")),
                Boolean.parseBoolean(props.get(SourceConfig.IS_SHARED)));
        ReceiveBuffer messages = new ReceiveBuffer(
                settings.getInt(SourceConfig.RECEIVE_MAXIMUM), settings.getLong(SourceConfig.BUFFER_BYTES));
        String clientId = ConnectionConfig.clientId(settings, connector, task);
        BrokerSession own = session(settings, clientId, plan.subscriptions(settings, connector, task), messages);
        config = settings;
        maker = new RecordMaker(settings);
        buffer = messages;
        session = own;
        wanted = settings.getList(SourceConfig.TOPICS).stream()
                .map(TopicFilter::of)
                .toList();
        tolerant = "all".equals(props.get("errors.tolerance"));
        partition = MqttSourceConnector.partition(clientId);
        former = own.former();
        filters = Stream.concat(own.filters().stream(), former.stream()).collect(Collectors.joining("\n"));
        metrics.register(registered, messages, own);
        own.start();
        for (String number : props.getOrDefault(SourceConfig.RETIRED, "").split(",")) {
            if (!number.isEmpty()) {
                String leftBehind = ConnectionConfig.clientId(settings, connector, Integer.parseInt(number));
                retired.add(new RetiredSession(session(settings, leftBehind, List.of(), messages)));
            }
        }
    }

    private BrokerSession session(
            SourceConfig settings, String clientId, List<TopicSubscription> subscriptions, ReceiveBuffer messages) {
        return new BrokerSession(
                settings,
                clientId,
                subscriptions,
                subscribedBefore(clientId),
                (message, acknowledgement) ->
                        messages.add(new PendingMessage(message, acknowledgement, System.currentTimeMillis())),
                nanoTime);
    }

    /** What a session was subscribed to when its last offset was written. */
    private Set<String> subscribedBefore(String clientId) {
        Map<String, Object> offset = context.offsetStorageReader().offset(MqttSourceConnector.partition(clientId));
        Object list = offset == null ? null : offset.get(FILTERS);
        Set<String> before = new TreeSet<>();
        if (list instanceof String text && !text.isEmpty()) {
            before.addAll(List.of(text.split("\n")));
        }
        return before;
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        ReceiveBuffer messages = started(buffer);
        BrokerSession own = started(session);
        ConnectException failure = own.failure();
        if (failure != null) {
            throw failure;
        }
        registered.retry();
        endFormerSubscriptions(own);
        retired.removeIf(RetiredSession::tick);
        List<PendingMessage> taken = messages.take(started(config).getInt(SourceConfig.BATCH), POLL_MILLIS);
        if (taken.isEmpty()) {
            return null;
        }
        List<SourceRecord> made = new ArrayList<>(taken.size());
        for (PendingMessage message : taken) {
            PendingRecord record = record(message);
            if (record != null) {
                made.add(record);
            }
        }
        return made.isEmpty() ? null : made;
    }

    /**
     * Filters that belong to other tasks now, or to none: once those have had the time to subscribe, nothing is missed. Until
     * the broker has answered, offsets have them, so that a task that is started meanwhile ends them.
     */
    private void endFormerSubscriptions(BrokerSession own) {
        if (former.isEmpty() || !own.isSubscribed()) {
            return;
        }
        CompletableFuture<?> answer = unsubscribed;
        if (answer == null) {
            if (own.connectedFor().compareTo(RetiredSession.OVERLAP) > 0) {
                LOG.info("{}: unsubscribes from {}, of an earlier configuration", own.clientId(), former);
                unsubscribed = own.unsubscribeFormer();
            }
        } else if (answer.isDone() && !answer.isCompletedExceptionally()) {
            former = Set.of();
            filters = String.join("\n", own.filters());
        }
    }

    private @Nullable PendingRecord record(PendingMessage pending) {
        Message message = pending.message();
        metrics.received.incrementAndGet();
        if (message.isDuplicate()) {
            metrics.duplicates.incrementAndGet();
        }
        if (message.retain() && !takesRetained() || !isWanted(message)) {
            metrics.skipped.incrementAndGet();
            drop(pending);
            return null;
        }
        Map<String, Object> offset = new HashMap<>(4);
        offset.put(COUNT, ++records);
        offset.put(FILTERS, filters);
        RecordMaker factory = started(maker);
        try {
            return factory.make(pending, partition, offset);
        } catch (DataException e) {
            metrics.bad.incrementAndGet();
            String text = "no record can be made of a message of '" + message.topic() + "': " + e.getMessage();
            if (!tolerant) {
                throw new ConnectException(
                        text + ". The message stays unacknowledged. Set errors.tolerance=all, and "
                                + SourceConfig.DEAD_LETTERS + ", to go on",
                        e);
            }
            if (factory.hasDeadLetters()) {
                return factory.deadLetter(pending, e, partition, offset);
            }
            LOG.warn("dropped: {}", text);
            drop(pending);
            return null;
        }
    }

    private void drop(PendingMessage pending) {
        pending.acknowledgement().acknowledge();
        started(buffer).done(pending.bytes());
    }

    /** The broker leaves out what is not wanted; before MQTT 5 it cannot be told. */
    private boolean takesRetained() {
        SourceConfig settings = started(config);
        return switch (settings.getString(SourceConfig.RETAINED)) {
            case "none" -> false;
            case "all" -> true;
            default -> {
                ConnectResult first = started(session).firstConnection();
                yield ConnectionConfig.version(settings) == ProtocolVersion.V5
                        || first == null
                        || !first.sessionPresent();
            }
        };
    }

    /** Not so for a filter that was taken out of the configuration, and which the session still has. */
    private boolean isWanted(Message message) {
        for (TopicFilter filter : wanted) {
            if (filter.matches(message.topic())) {
                return true;
            }
        }
        if (!warnedOfUnwanted) {
            warnedOfUnwanted = true;
            LOG.warn(
                    "{}: drops messages that no filter of {} matches, such as of '{}': the session is subscribed to an"
                            + " earlier filter",
                    started(session).clientId(),
                    SourceConfig.TOPICS,
                    message.topic());
        }
        return false;
    }

    /** Kafka has the record, or it was filtered, or given up under errors.tolerance=all: the message is acknowledged. */
    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        if (record instanceof PendingRecord pending && pending.commit()) {
            metrics.committed.incrementAndGet();
            started(buffer).done(pending.bytes());
        }
    }

    @Override
    public void stop() {
        if (buffer != null) {
            buffer.close();
        }
        if (session != null) {
            session.close();
        }
        retired.forEach(RetiredSession::close);
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the task was not started");
        }
        return part;
    }
}
