package io.godwit.mqtt.micrometer;

import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.RoundTrips;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one client. Most are read from its statistics when somebody asks, so that a message costs nothing; only the
 * timers see each message. Any thread.
 */
final class ClientMeters {
    /** Values of the tag {@code topic}, for each client. */
    static final int MOST_TOPICS = 100;

    private static final String OTHER = "other";
    private static final String[] QOS = {"0", "1", "2"};

    /** A snapshot serves all meters that are read at about the same time. */
    private static final long FRESH_NANOS = 200_000_000;

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60)
    };

    // Set once.
    private final MqttClient client;
    private final MeterSettings settings;
    private final MeterRegistry registry;
    private final Tags tags;

    // Any thread.
    private final Set<Meter> meters = ConcurrentHashMap.newKeySet();
    private final Map<TimerKey, Timer> timers = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> servers = new ConcurrentHashMap<>();
    private final Set<String> topics = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Snapshot snapshot;
    private volatile String server = "";
    private volatile int queueFull;
    private volatile int readingPaused;
    private volatile boolean removed;

    private record Snapshot(ClientStatistics statistics, long at) {}

    /** Which timer of a name. */
    private record TimerKey(
            boolean publish,
            int qos,
            String outcome,
            @Nullable String topic) {}

    ClientMeters(MqttClient client, MeterSettings settings) {
        this.client = client;
        this.settings = settings;
        this.registry = settings.registry();
        this.tags = settings.tags().and("client", client.clientId());
        register();
    }

    private ClientStatistics statistics() {
        Snapshot present = snapshot;
        long now = System.nanoTime();
        if (present == null || now - present.at > FRESH_NANOS) {
            present = new Snapshot(client.statistics(), now);
            snapshot = present;
        }
        return present.statistics;
    }

    // ---- what is read from the statistics ----

    private void register() {
        counter(
                "godwit.connect.attempts",
                "attempts to connect",
                s -> s.connections().attempts());
        counter(
                "godwit.publish.refused",
                "publishes that were not accepted",
                s -> s.publishes().refused());
        counter(
                "godwit.publish.recovered",
                "publishes that a session store has kept",
                s -> s.publishes().recovered());
        counter(
                "godwit.handled",
                "messages whose handlers have returned",
                s -> s.messages().handled());
        counter(
                "godwit.handler.failures",
                "exceptions that handlers have thrown",
                s -> s.messages().failed());
        counter(
                "godwit.unhandled",
                "messages for which no handler was there",
                s -> s.messages().unhandled());
        counter(
                "godwit.rejected",
                "messages that were refused to the broker",
                s -> s.messages().rejected());
        counter(
                "godwit.dropped",
                "messages of QoS 0 that were dropped because too much waited for blocked handlers",
                s -> s.messages().dropped());
        counter(
                "godwit.store.failures",
                "failed writes of the session store",
                s -> s.store().failures());
        bytes("godwit.sent", "sent in MQTT packets", ClientStatistics::bytesSent);
        bytes("godwit.received", "received in MQTT packets", ClientStatistics::bytesReceived);
        registerByQos();
        registerGauges();
        roundTrips(
                "godwit.publish.roundtrip",
                "from PUBLISH to PUBACK or PUBREC, of one publish at a time",
                s -> s.publishes().acknowledgements());
        roundTrips(
                "godwit.ping.roundtrip",
                "from PINGREQ to PINGRESP",
                s -> s.connections().pings());
        roundTrips(
                "godwit.store.force",
                "bytes have waited for the session store",
                s -> s.store().forces());
    }

    private void registerByQos() {
        for (Qos qos : Qos.values()) {
            Tags byQos = tags.and("qos", QOS[qos.level()]);
            counter(
                    "godwit.publish.accepted",
                    "publishes that were sent or queued",
                    byQos,
                    s -> s.publishes().accepted().of(qos));
            counter(
                    "godwit.messages.received",
                    "messages from the broker",
                    byQos,
                    s -> s.messages().received().of(qos));
            String ended = "godwit.publish.ended";
            String text = "publishes that have ended";
            counter(
                    ended,
                    text,
                    byQos.and("outcome", "acknowledged"),
                    s -> s.publishes().acknowledged().of(qos));
            counter(
                    ended,
                    text,
                    byQos.and("outcome", "failed"),
                    s -> s.publishes().failed().of(qos));
            counter(
                    ended,
                    text,
                    byQos.and("outcome", "expired"),
                    s -> s.publishes().expired().of(qos));
        }
    }

    private void registerGauges() {
        gauge(
                "godwit.publish.queued",
                "publishes that wait to be sent",
                null,
                m -> m.statistics().publishes().queue().messages());
        gauge(
                "godwit.publish.queued.size",
                "topics and payloads of publishes that wait",
                "bytes",
                m -> m.statistics().publishes().queue().bytes());
        meters.add(TimeGauge.builder(
                        "godwit.publish.queued.age",
                        this,
                        TimeUnit.NANOSECONDS,
                        m -> m.statistics().publishes().queue().oldest().toNanos())
                .description("how long the oldest publish has waited to be sent")
                .tags(tags)
                .register(registry));
        gauge("godwit.publish.queue.full", "1 while the queue of publishes is full", null, m -> m.queueFull);
        gauge(
                "godwit.publish.inflight",
                "packets that are sent and not acknowledged",
                null,
                m -> m.statistics().publishes().inFlight());
        gauge(
                "godwit.inbox",
                "messages that wait for handlers or are being handled",
                null,
                m -> m.statistics().messages().inbox().messages());
        gauge(
                "godwit.inbox.size",
                "packets that wait for handlers or are being handled",
                "bytes",
                m -> m.statistics().messages().inbox().bytes());
        gauge("godwit.reading.paused", "1 while nothing is read since handlers are slow", null, m -> m.readingPaused);
    }

    private void counter(String name, String description, ToLongFunction<ClientStatistics> value) {
        counter(name, description, tags, value);
    }

    private void counter(String name, String description, Tags with, ToLongFunction<ClientStatistics> value) {
        meters.add(FunctionCounter.builder(name, this, m -> value.applyAsLong(m.statistics()))
                .description(description)
                .tags(with)
                .register(registry));
    }

    private void bytes(String name, String description, ToLongFunction<ClientStatistics> value) {
        meters.add(FunctionCounter.builder(name, this, m -> value.applyAsLong(m.statistics()))
                .description(description)
                .baseUnit("bytes")
                .tags(tags)
                .register(registry));
    }

    private void gauge(String name, String description, @Nullable String unit, ToDoubleFunction<ClientMeters> value) {
        meters.add(Gauge.builder(name, this, value)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry));
    }

    private void roundTrips(String name, String description, Function<ClientStatistics, RoundTrips> of) {
        meters.add(FunctionTimer.builder(
                        name,
                        this,
                        m -> of.apply(m.statistics()).count(),
                        m -> of.apply(m.statistics()).total().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    // ---- callbacks ----

    void connected(String to) {
        String address = withoutQuery(to);
        server = address;
        connectedTo(address).set(1);
        increment("godwit.connections", "connections that were made", tags.and("server", address), 1);
    }

    /** Whether the client is connected to this server: 1 or 0. */
    private AtomicInteger connectedTo(String address) {
        return servers.computeIfAbsent(address, added -> {
            AtomicInteger connected = new AtomicInteger();
            meters.add(Gauge.builder("godwit.connected", connected, AtomicInteger::get)
                    .description("1 while the client is connected to the server")
                    .tags(tags.and("server", added))
                    .register(registry));
            return connected;
        });
    }

    void disconnected(DisconnectCause cause) {
        connectedTo(server).set(0);
        if (cause.endedBy() != EndedBy.APPLICATION) {
            increment(
                    "godwit.connections.lost",
                    "connections that have ended unasked",
                    tags.and("server", server, "cause", lower(cause.endedBy().name())),
                    1);
        }
    }

    void connectFailed(ConnectFailure failure) {
        if (servers.isEmpty()) {
            connectedTo("none").set(0);
        }
        increment(
                "godwit.connect.failures",
                "attempts to connect that have failed",
                tags.and(
                        "phase",
                        lower(failure.phase().name()),
                        "reason",
                        lower(failure.reason().name())),
                1);
    }

    void queueFull(boolean full) {
        queueFull = full ? 1 : 0;
    }

    void readingPaused(boolean paused) {
        readingPaused = paused ? 1 : 0;
    }

    void missed(long calls) {
        increment("godwit.listener.missed", "calls of slow listeners that were left out", tags, calls);
    }

    private void increment(String name, String description, Tags with, double amount) {
        Counter counter =
                Counter.builder(name).description(description).tags(with).register(registry);
        meters.add(counter);
        counter.increment(amount);
    }

    void published(Message message, @Nullable MqttException failure, Duration took) {
        timer(new TimerKey(true, message.qos().level(), outcome(failure), topic(message)))
                .record(took);
    }

    void handled(Message message, @Nullable Throwable failure, Duration took) {
        timer(new TimerKey(false, message.qos().level(), failure == null ? "success" : "failure", topic(message)))
                .record(took);
    }

    private static String outcome(@Nullable MqttException failure) {
        if (failure == null) {
            return "acknowledged";
        }
        if (failure instanceof PublishException publish) {
            return lower(publish.kind().name());
        }
        return failure instanceof ClientClosedException
                ? "closed"
                : failure instanceof NotConnectedException
                        ? "not_connected"
                        : failure instanceof MqttStoreException ? "store" : OTHER;
    }

    private @Nullable String topic(Message message) {
        Function<String, @Nullable String> mapper = settings.topics();
        if (mapper == null) {
            return null;
        }
        String topic = mapper.apply(message.topic());
        if (topic == null) {
            return OTHER;
        }
        if (topics.contains(topic)) {
            return topic;
        }
        return topics.size() < MOST_TOPICS && topics.add(topic) ? topic : topics.contains(topic) ? topic : OTHER;
    }

    private Timer timer(TimerKey key) {
        Timer present = timers.get(key);
        return present != null ? present : timers.computeIfAbsent(key, this::newTimer);
    }

    private Timer newTimer(TimerKey key) {
        Tags with = tags.and("qos", QOS[key.qos], "outcome", key.outcome);
        Timer timer = Timer.builder(key.publish ? "godwit.publish" : "godwit.handler")
                .description(
                        key.publish
                                ? "from the call of publish to its acknowledgement or failure"
                                : "the handlers of a message have run")
                .tags(key.topic == null ? with : with.and("topic", key.topic))
                .serviceLevelObjectives(BUCKETS)
                .publishPercentiles(0.5, 0.95, 0.99)
                .register(registry);
        meters.add(timer);
        if (removed) { // the client was closed meanwhile
            registry.remove(timer);
        }
        return timer;
    }

    /** The client is closed: its meters go. */
    void remove() {
        removed = true;
        meters.forEach(registry::remove);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** A query may contain a signature that lets its owner connect. */
    private static String withoutQuery(String address) {
        int query = address.indexOf('?');
        return query < 0 ? address : address.substring(0, query);
    }
}
