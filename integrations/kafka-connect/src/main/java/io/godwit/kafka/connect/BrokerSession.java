package io.godwit.kafka.connect;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session at the MQTT broker that outlives its connections, and the process: connects until it succeeds, subscribes, and
 * gives each message with its acknowledgement to the task. Never blocks the task.
 */
final class BrokerSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSession.class);

    /** Two clients with one identifier would evict each other for ever; this one waits, so that the newer one stays. */
    private static final Duration AFTER_TAKEOVER = Duration.ofSeconds(30);

    private static final MessageHandler NOTHING = message -> {};
    private static final long INBOX_BYTES = 4L * 1024 * 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    // Set once.
    private final SourceConfig config;
    private final String clientId;
    private final List<TopicSubscription> subscriptions;
    /** Filters of an earlier configuration that are no longer wanted. */
    private final Set<String> former;

    private final ManualHandler receiver;
    private final LongSupplier nanoTime;
    private final MqttClient client;
    private final AtomicInteger unacknowledged = new AtomicInteger();
    private final AtomicLong connections = new AtomicLong();

    // Any thread.
    private volatile @Nullable ConnectException failure;
    private volatile @Nullable ConnectResult first;
    private volatile boolean subscribed;
    /** When the last message or UNSUBACK came. */
    private volatile long lastArrival;

    // Task thread only.
    /** The connection that the last call of {@link #connectedFor} found, and when one found it first. */
    private @Nullable ConnectResult connection;

    private long connectedSince;

    /**
     * @param before filters that the session may be subscribed to already, by an earlier configuration
     * @param receiver may wait; the connection is not read meanwhile
     * @param nanoTime the clock
     */
    BrokerSession(
            SourceConfig config,
            String clientId,
            List<TopicSubscription> subscriptions,
            Set<String> before,
            ManualHandler receiver,
            LongSupplier nanoTime) {
        this.config = config;
        this.clientId = clientId;
        this.subscriptions = List.copyOf(subscriptions);
        this.former = new TreeSet<>(before);
        this.former.removeAll(filters());
        this.receiver = receiver;
        this.nanoTime = nanoTime;
        this.lastArrival = nanoTime.getAsLong();
        this.client = builder().build();
    }

    private MqttClientBuilder builder() {
        Reconnect backoff = ConnectionConfig.reconnect(config);
        MqttClientBuilder builder = ConnectionConfig.builder(config, clientId)
                .cleanSession(false)
                .retryFirst(true)
                .closeTimeout(CLOSE_TIMEOUT)
                .inbox(config.getInt(SourceConfig.RECEIVE_MAXIMUM), INBOX_BYTES)
                .reconnect(attempt ->
                        isTakenOver(attempt.lost()) && attempt.number() == 1 ? AFTER_TAKEOVER : backoff.delay(attempt))
                .listener(new Observer());
        if (ConnectionConfig.version(config) == ProtocolVersion.V5) {
            // A broker that miscounts would be disconnected for ever; the buffer is bounded in bytes anyway.
            builder.sessionExpiry(config.sessionExpiry())
                    .receiveMaximum(config.getInt(SourceConfig.RECEIVE_MAXIMUM))
                    .receiveMaximumTolerance(65_535);
        }
        // Registered before CONNECT: a session that the broker has kept sends at once. "#" leaves out topics with a
        // '$'.
        Set<String> beginnings = new LinkedHashSet<>(List.of(""));
        for (String filter : config.getList(SourceConfig.TOPICS)) {
            if (filter.startsWith("$")) {
                beginnings.add(filter.replaceFirst("/.*", "") + "/");
            }
        }
        beginnings.forEach(beginning -> builder.manualHandler(everything(beginning), this::received));
        return builder;
    }

    /** A filter for all topics that begin so. Not one of the former filters: to unsubscribe removes their handlers too. */
    private String everything(String beginning) {
        String filter = beginning + "#";
        return former.contains(filter) ? beginning + "+/#" : filter;
    }

    private static boolean isTakenOver(@Nullable DisconnectCause lost) {
        return lost != null && lost.reasonCode() == ReasonCode.SESSION_TAKEN_OVER;
    }

    private void received(Message message, Acknowledgement acknowledgement) throws Exception {
        unacknowledged.incrementAndGet();
        lastArrival = nanoTime.getAsLong();
        receiver.handle(message, () -> {
            unacknowledged.decrementAndGet();
            acknowledgement.acknowledge();
        });
    }

    /** Begins to connect. */
    void start() {
        client.connectAsync().whenComplete((result, failed) -> {
            if (result != null) {
                first = result;
                subscribe();
            }
        });
    }

    private void subscribe() {
        if (subscriptions.isEmpty()) {
            subscribed = true;
            return;
        }
        // The handler that was registered before takes the messages; this one only comes with the subscription.
        client.subscribeAsync(subscriptions, MqttProperties.NONE, NOTHING).whenComplete((subscription, failed) -> {
            if (subscription != null) {
                check(subscription);
            } else {
                fail("cannot subscribe to " + filters(), failed);
            }
        });
    }

    /**
     * A session that goes on has its subscriptions; but Mosquitto 2.0 forgets shared ones at a restart. To subscribe again
     * changes nothing where they are there, and brings no retained messages then. The client restores a lost session with
     * these options; so those who want retained messages get them in that case.
     */
    private void subscribeAgain() {
        List<TopicSubscription> again = subscriptions.stream()
                .map(each -> each.retainHandling() == RetainHandling.SEND
                        ? each.withRetainHandling(RetainHandling.SEND_IF_NEW)
                        : each)
                .toList();
        client.subscribeAsync(again, MqttProperties.NONE, NOTHING).whenComplete((subscription, failed) -> {
            if (failed != null && client.isConnected()) {
                LOG.warn("{}: could not subscribe again to {}: {}", clientId, filters(), failed.getMessage());
            }
        });
    }

    private void check(Subscription subscription) {
        for (int i = 0; i < subscriptions.size(); i++) {
            ReasonCode reason = subscription.reasons().get(i);
            if (reason.isError()) {
                fail(
                        "the broker refuses the subscription to '"
                                + subscriptions.get(i).filter() + "': " + reason
                                + "; allow it for this user, or remove it from "
                                + SourceConfig.TOPICS,
                        null);
            } else if (reason.code() < subscriptions.get(i).maximumQos().level()) {
                LOG.warn(
                        "{}: the broker grants QoS {} for '{}', less than {}={}",
                        clientId,
                        reason.code(),
                        subscriptions.get(i).filter(),
                        SourceConfig.QOS,
                        config.getInt(SourceConfig.QOS));
            }
        }
        subscribed = true;
    }

    /** Removes the former subscriptions. The future is done when the broker has answered. */
    CompletableFuture<?> unsubscribeFormer() {
        if (former.isEmpty()) {
            return CompletableFuture.completedFuture(former);
        }
        return client.unsubscribeAsync(former.toArray(String[]::new)).whenComplete((done, failed) -> {
            lastArrival = nanoTime.getAsLong();
            if (failed != null) {
                LOG.warn("{}: could not unsubscribe from {}: {}", clientId, former, failed.getMessage());
            }
        });
    }

    private void fail(String text, @Nullable Throwable cause) {
        Throwable inner = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        failure =
                new ConnectException(clientId + ": " + text + (inner == null ? "" : ": " + inner.getMessage()), inner);
    }

    /** What no repetition heals, or null. */
    @Nullable
    ConnectException failure() {
        return failure;
    }

    /** The broker's first answer; null before. */
    @Nullable
    ConnectResult firstConnection() {
        return first;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    boolean isConnected() {
        return client.isConnected();
    }

    /** How often it has connected. */
    long connections() {
        return connections.get();
    }

    int unacknowledged() {
        return unacknowledged.get();
    }

    /** How long the present connection has lasted, counted from the first call that found it; zero without one. */
    Duration connectedFor() {
        ConnectResult present = client.connection();
        if (present != connection) { // each connection has another one
            connection = present;
            connectedSince = nanoTime.getAsLong();
        }
        return present == null ? Duration.ZERO : since(connectedSince);
    }

    /** For how long nothing has come although it was connected: over the present connection, no message and no UNSUBACK. */
    Duration quiet() {
        Duration connected = connectedFor();
        Duration nothing = since(lastArrival);
        return connected.compareTo(nothing) < 0 ? connected : nothing;
    }

    private Duration since(long time) {
        return Duration.ofNanos(nanoTime.getAsLong() - time);
    }

    List<String> filters() {
        return subscriptions.stream().map(each -> each.filter().text()).toList();
    }

    /** Filters of an earlier configuration that the session may still be subscribed to. */
    Set<String> former() {
        return Collections.unmodifiableSet(former);
    }

    String clientId() {
        return clientId;
    }

    /** Ends the session at the broker, too: nothing is kept for it any longer. Before MQTT 5 that takes another connection. */
    void end() {
        if (ConnectionConfig.version(config) == ProtocolVersion.V5) {
            client.disconnectAsync(
                            ReasonCode.SUCCESS, MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 0L), Duration.ZERO)
                    .whenComplete((done, failed) -> client.closeAsync());
        } else {
            client.closeAsync().whenComplete((done, failed) -> {
                MqttClient last = ConnectionConfig.builder(config, clientId)
                        .cleanSession(true)
                        .reconnect(Reconnect.never())
                        .build();
                last.connectAsync().whenComplete((result, refused) -> last.closeAsync());
            });
        }
    }

    /** Disconnects; the broker keeps the session, with all that is not acknowledged. */
    @Override
    public void close() {
        client.close();
    }

    private final class Observer implements ClientListener {
        @Override
        public void connected(MqttClient source, ConnectResult result) {
            if (connections.incrementAndGet() > 1
                    && subscribed
                    && !subscriptions.isEmpty()
                    && result.sessionPresent()) {
                subscribeAgain();
            }
            LOG.info(
                    "{}: connected to {}, session {}",
                    clientId,
                    result.server(),
                    result.sessionPresent() ? "resumed" : "new");
        }

        @Override
        public void connectFailed(MqttClient source, ConnectFailure failed, @Nullable Duration next) {
            String step = "step " + ConnectionCheck.step(failed.phase()) + " failed: " + failed.text();
            if (next == null) {
                fail(step, failed.exception());
            } else {
                LOG.warn("{}: {}; next attempt in {} ms", clientId, step, next.toMillis());
            }
        }

        @Override
        public void disconnected(MqttClient source, DisconnectCause cause, @Nullable Duration next) {
            if (cause.endedBy() == DisconnectCause.EndedBy.APPLICATION) {
                return;
            }
            if (isTakenOver(cause)) {
                LOG.warn(
                        "{}: another client took over the session, waiting {} s before reconnecting. If it happens again,"
                                + " another connector or program has the same client identifier: set {}",
                        clientId,
                        AFTER_TAKEOVER.toSeconds(),
                        ConnectionConfig.CLIENT_ID);
            } else if (next == null) {
                fail("disconnected: " + cause.text(), cause.exception());
            } else {
                LOG.warn("{}: disconnected: {}; next attempt in {} ms", clientId, cause.text(), next.toMillis());
            }
        }

        @Override
        public void handlerFailed(MqttClient source, Message message, Throwable failed) {
            if (!(failed instanceof InterruptedException)) {
                LOG.error("{}: could not take a message of '{}'", clientId, message.topic(), failed);
            }
        }

        @Override
        public void resubscribed(MqttClient source, TopicSubscription subscription, ReasonCode reason) {
            if (reason.isError()) {
                fail(
                        "the broker has lost the session and refuses the subscription to '" + subscription.filter()
                                + "': " + reason,
                        null);
            } else {
                LOG.warn(
                        "{}: the broker had lost the session; subscribed again to '{}'",
                        clientId,
                        subscription.filter());
            }
        }
    }
}
