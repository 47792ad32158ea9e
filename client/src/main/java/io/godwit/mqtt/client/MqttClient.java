package io.godwit.mqtt.client;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A client of an MQTT broker, for 3.1, 3.1.1 and 5. Thread-safe; all methods may be called from any thread and from any
 * handler. Blocking methods have a time limit ({@link MqttClientBuilder#callTimeout}) and say what they waited for; {@code
 * …Async} methods never block, in any state, and what depends on their futures never runs on an event loop.
 *
 * <pre>{@code
 * try (MqttClient client = MqttClient.connect("mqtt://localhost")) {
 *     client.subscribe("greetings/#", message -> System.out.println(message.topic() + ": " + message.text()));
 *     client.publish("greetings/world", "hello");
 * }
 * }</pre>
 */
public final class MqttClient implements AutoCloseable {
    private final ClientConfig config;
    private final ClientCore core;
    private final ConnectionManager keeper;
    private final BlockingCalls patience;
    private final Publisher publisher;
    private final AtomicReference<@Nullable Requests> requests = new AtomicReference<>();

    MqttClient(ClientConfig config) {
        this.config = config;
        this.core = new ClientCore(this, config, config.loop(), openLog(config));
        this.keeper = new ConnectionManager(this, config, core);
        this.patience = new BlockingCalls(core, keeper, config.callTimeout());
        this.publisher = new Publisher(core, keeper, patience);
    }

    private static SessionLog openLog(ClientConfig config) {
        SessionStore store = config.store();
        if (store == null) {
            return SessionLog.NONE;
        }
        try {
            return store.open(config.clientId());
        } catch (IOException failure) {
            throw new MqttStoreException("the session store cannot be opened: " + failure.getMessage(), failure);
        }
    }

    /**
     * A client for one address with the defaults of the builder, connected.
     *
     * @param address such as {@code mqtt://localhost}, {@code mqtts://user:password@broker.example.com:8883}
     * @throws MqttConnectException when the connection cannot be made
     * @throws IllegalArgumentException when the address is none; the message says what is wrong
     */
    public static MqttClient connect(String address) {
        MqttClient client = builder().server(address).build();
        try {
            client.connect();
            return client;
        } catch (RuntimeException failure) {
            client.closeAsync();
            throw failure;
        }
    }

    public static MqttClientBuilder builder() {
        return new MqttClientBuilder();
    }

    ClientCore core() {
        return core;
    }

    BlockingCalls patience() {
        return patience;
    }

    ConnectionManager keeper() {
        return keeper;
    }

    /** Few clients make requests: what follows them is made with the first one. */
    Requests requests() {
        return Objects.requireNonNull(requests.updateAndGet(made -> made != null ? made : new Requests()));
    }

    // ---- connection ----

    /**
     * Connects, and waits for CONNACK. On a connected client: gives the result of that connection.
     *
     * @throws MqttConnectException when the connection cannot be made; a first one is not tried again unless the builder
     *     said {@link MqttClientBuilder#retryFirst}
     * @throws MqttTimeoutException when that took longer than the call time limit; the attempt goes on
     * @throws ClientClosedException after {@link #close}
     */
    public ConnectResult connect() {
        return patience.await(connect(new BlockingFuture<>()), () -> "CONNACK");
    }

    /** {@link #connect()} without blocking. What is published from now on waits for the connection. */
    public CompletableFuture<ConnectResult> connectAsync() {
        return connect(new CompletableFuture<>());
    }

    private CompletableFuture<ConnectResult> connect(CompletableFuture<ConnectResult> future) {
        if (keeper.state() == ClientState.IDLE) {
            core.expectConnection(); // at once, so that a publish right after connectAsync waits for the connection
        }
        core.loop.execute(() -> keeper.connect(future));
        return future;
    }

    /** Where the client stands with its connection, at this moment. */
    public ClientState state() {
        return keeper.state();
    }

    public boolean isConnected() {
        return keeper.state() == ClientState.CONNECTED;
    }

    /** What the broker said when the present connection was made; null without one. */
    public @Nullable ConnectResult connection() {
        return keeper.result();
    }

    /** The client identifier that it was built with; the broker may have assigned another, see {@link #connection()}. */
    public String clientId() {
        return config.clientId();
    }

    public ProtocolVersion protocol() {
        return config.version();
    }

    /**
     * Disconnects in order: waits for what is in flight, within the close time limit, sends DISCONNECT, so that the broker
     * drops the will, and ends a reconnect loop too. {@link #connect} may be called again afterwards. The broker may still
     * be reading what was sent when this returns.
     */
    public void disconnect() {
        patience.await(
                disconnect(new BlockingFuture<>(), ReasonCode.SUCCESS, MqttProperties.NONE, config.closeTimeout()),
                () -> "the connection to end",
                thrice(config.closeTimeout()));
    }

    /** {@link #disconnect()} without blocking. */
    public CompletableFuture<Void> disconnectAsync() {
        return disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, config.closeTimeout());
    }

    /**
     * Disconnects with a reason and properties of MQTT 5, such as {@link ReasonCode#DISCONNECT_WITH_WILL_MESSAGE} or
     * another session expiry. On older versions they are left out.
     *
     * @param patience how long publishes in flight may take to end; zero: DISCONNECT goes out at once
     */
    public CompletableFuture<Void> disconnectAsync(ReasonCode reason, MqttProperties properties, Duration patience) {
        return disconnect(new CompletableFuture<>(), reason, properties, patience);
    }

    private CompletableFuture<Void> disconnect(
            CompletableFuture<Void> future, ReasonCode reason, MqttProperties properties, Duration limit) {
        boolean v5 = config.version() == ProtocolVersion.V5;
        Disconnect packet =
                v5 ? new Disconnect(reason, properties) : new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE);
        core.loop.execute(() -> keeper.disconnect(future, packet, limit));
        return future;
    }

    /**
     * Disconnects as {@link #disconnect} and ends the client for good, in any state: a reconnect loop stops, every
     * exchange that has not ended fails with {@link ClientClosedException}, no thread, timer or socket is left. What a
     * session store holds stays in it. Blocks for at most three times the close time limit; called from a handler on the
     * event loop it does not block. A second call does nothing.
     */
    @Override
    public void close() {
        CompletableFuture<Void> closed = close(new BlockingFuture<>());
        if (!core.loop.inLoop()) {
            patience.await(closed, () -> "the client to close", thrice(config.closeTimeout()));
        }
    }

    private static Duration thrice(Duration limit) {
        return limit.plus(limit).plus(limit); // multipliedBy goes by way of BigDecimal
    }

    /** {@link #close()} without blocking. */
    public CompletableFuture<Void> closeAsync() {
        return close(new CompletableFuture<>());
    }

    private CompletableFuture<Void> close(CompletableFuture<Void> future) {
        core.loop.execute(() -> keeper.close(future));
        return future;
    }

    /**
     * Authenticates anew on the present connection, MQTT 5 section 4.12.1.
     *
     * @return fails when the builder had no {@link Authenticator}, or the broker refuses and disconnects
     */
    public CompletableFuture<Void> reauthenticate() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        core.loop.execute(() -> keeper.reauthenticate(future));
        return future;
    }

    // ---- publish ----

    /** Publishes text as UTF-8, QoS 1, and waits for the acknowledgement; see {@link #publish(Message)}. */
    public PublishResult publish(String topic, String text) {
        return publish(Message.of(topic, text));
    }

    /** Publishes bytes, QoS 1, and waits for the acknowledgement; see {@link #publish(Message)}. */
    public PublishResult publish(String topic, byte[] payload) {
        return publish(Message.of(topic, payload));
    }

    /**
     * Publishes and waits until the broker has acknowledged (QoS 0: until the message is given to the connection). While
     * the client is connecting or reconnecting, the message waits in the queue.
     *
     * @throws PublishException when it is refused, breaks a limit, finds the queue full, or expires
     * @throws NotConnectedException when there is no connection and none is being made
     * @throws MqttTimeoutException when the answer took longer than the call time limit; the message stays on its way
     * @throws IllegalArgumentException when the topic is no topic name [MQTT-3.3.2-2]
     */
    public PublishResult publish(Message message) {
        return publisher.publish(message);
    }

    /**
     * {@link #publish(Message)} without blocking. The future ends exactly once; what depends on it runs on the client's
     * handler executor, and may wait for other futures. Cancelling it does not recall the message.
     */
    public CompletableFuture<PublishResult> publishAsync(Message message) {
        return publisher.publishAsync(message);
    }

    /** Publishes text as UTF-8, QoS 1, without blocking. */
    public CompletableFuture<PublishResult> publishAsync(String topic, String text) {
        return publisher.publishAsync(Message.of(topic, text));
    }

    /**
     * Completes once every publish that was taken before this call is where it survives what the session store promises:
     * at once without a store, after the disk has it with a store that forces. Fails with {@link MqttStoreException} when
     * the store cannot. Never blocks.
     */
    public CompletableFuture<Void> stored() {
        return core.stored();
    }

    // ---- subscribe ----

    /** Subscribes with QoS 1 and waits for the broker's answer; see {@link #subscribe(TopicSubscription, MessageHandler)}. */
    public Subscription subscribe(String filter, MessageHandler handler) {
        return subscribe(filter, Qos.AT_LEAST_ONCE, handler);
    }

    /** Subscribes and waits for the broker's answer; see {@link #subscribe(TopicSubscription, MessageHandler)}. */
    public Subscription subscribe(String filter, Qos qos, MessageHandler handler) {
        return subscribe(TopicSubscription.of(filter, qos), handler);
    }

    /** Subscribes with a handler that acknowledges by hand, and waits for the broker's answer. */
    public Subscription subscribe(String filter, Qos qos, ManualHandler handler) {
        return patience.await(
                subscribe(manual(TopicSubscription.of(filter, qos), handler), MqttProperties.NONE, true),
                () -> "SUBACK for '" + filter + "'");
    }

    /**
     * Subscribes and waits for the broker's answer. The handler may be called before this returns. The subscription comes
     * back by itself after a reconnect.
     *
     * @throws SubscribeException when the broker refuses, or its limits say that it would
     * @throws NotConnectedException when there is no connection and none is being made
     * @throws MqttTimeoutException when the answer took longer than the call time limit
     * @throws IllegalArgumentException when the filter is none [MQTT-4.7.1-1]
     */
    public Subscription subscribe(TopicSubscription subscription, MessageHandler handler) {
        return patience.await(
                subscribe(automatic(List.of(subscription), handler), MqttProperties.NONE, true),
                () -> "SUBACK for '" + subscription.filter() + "'");
    }

    /** {@link #subscribe(String, Qos, MessageHandler)} without blocking. */
    public CompletableFuture<Subscription> subscribeAsync(String filter, Qos qos, MessageHandler handler) {
        return subscribeAsync(TopicSubscription.of(filter, qos), handler);
    }

    /** {@link #subscribe(TopicSubscription, MessageHandler)} without blocking. */
    public CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription, MessageHandler handler) {
        return subscribeAsync(List.of(subscription), handler);
    }

    /** Subscribes with a handler that acknowledges by hand, without blocking. */
    public CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription, ManualHandler handler) {
        return subscribe(manual(subscription, handler), MqttProperties.NONE, false);
    }

    /** Subscribes to several filters with one packet and one handler, without blocking. Fails when all are refused. */
    public CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions, MessageHandler handler) {
        return subscribeAsync(subscriptions, MqttProperties.NONE, handler);
    }

    /** The same with properties of MQTT 5: a subscription identifier, user properties. */
    public CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions, MqttProperties properties, MessageHandler handler) {
        return subscribe(automatic(subscriptions, handler), properties, false);
    }

    private static Map<TopicSubscription, Handler> manual(TopicSubscription subscription, ManualHandler handler) {
        return Map.of(subscription, new Handler(subscription.filter(), null, handler));
    }

    private static Map<TopicSubscription, Handler> automatic(
            List<TopicSubscription> subscriptions, MessageHandler handler) {
        Map<TopicSubscription, Handler> handlers = new LinkedHashMap<>();
        for (TopicSubscription subscription : subscriptions) {
            handlers.put(subscription, new Handler(subscription.filter(), handler, null));
        }
        return handlers;
    }

    private CompletableFuture<Subscription> subscribe(
            Map<TopicSubscription, Handler> asked, MqttProperties properties, boolean waited) {
        List<Handler> handlers = List.copyOf(asked.values());
        SubscribeExchange subscribe = new SubscribeExchange(
                this,
                List.copyOf(asked.keySet()),
                handlers,
                config.version() == ProtocolVersion.V5 ? properties : MqttProperties.NONE,
                waited);
        core.request(subscribe, handlers);
        return subscribe;
    }

    /** Unsubscribes, takes the handlers of these filters out, and waits for the broker's answer. */
    public void unsubscribe(String... filters) {
        patience.await(unsubscribe(parse(filters), true, true), () -> "UNSUBACK for " + Arrays.toString(filters));
    }

    /** {@link #unsubscribe} without blocking. The handlers stay until the broker has answered. */
    public CompletableFuture<Void> unsubscribeAsync(String... filters) {
        return unsubscribe(parse(filters), true, false);
    }

    private static List<TopicFilter> parse(String... filters) {
        return Arrays.stream(filters).map(TopicFilter::of).toList();
    }

    CompletableFuture<Void> unsubscribe(List<TopicFilter> filters, boolean withHandlers, boolean waited) {
        UnsubscribeExchange unsubscribe = new UnsubscribeExchange(this, filters, withHandlers, waited);
        core.request(unsubscribe, List.of());
        return unsubscribe;
    }

    /**
     * Adds a handler without subscribing: for messages of a session that the broker has kept, or of a subscription that
     * was made elsewhere. Messages that waited for a handler go to it.
     */
    public void handle(String filter, MessageHandler handler) {
        core.addHandler(new Handler(TopicFilter.of(filter), handler, null));
    }

    // ---- request and response ----

    /**
     * Publishes a request and waits for its response, MQTT 5 section 4.10; see {@link #requestAsync}.
     *
     * @throws MqttTimeoutException when none came within the call time limit
     */
    public Message request(Message request) {
        CompletableFuture<Message> response = requestAsync(request);
        try {
            return patience.await(response, () -> "the response to '" + request.topic() + "'");
        } finally {
            response.cancel(false); // in vain: it is forgotten
        }
    }

    /** {@link #request(Message)} of a text, QoS 1. */
    public Message request(String topic, String text) {
        return request(Message.of(topic, text));
    }

    /**
     * Publishes a request with a response topic of this client and correlation data, and completes with the first
     * response. Cancel the future, or let it time out ({@link CompletableFuture#orTimeout}), to stop waiting.
     *
     * @throws IllegalStateException unless the client speaks MQTT 5
     */
    public CompletableFuture<Message> requestAsync(Message request) {
        if (config.version() != ProtocolVersion.V5) {
            throw new IllegalStateException("requests need MQTT 5: older versions carry no response topic");
        }
        return requests().send(this, request);
    }

    @Override
    public String toString() {
        return "MqttClient[" + config.clientId() + ", MQTT " + config.version() + ", " + keeper.state() + ", "
                + config.road() + "]";
    }
}
