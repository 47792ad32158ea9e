package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client of an MQTT broker, for 3.1, 3.1.1 and 5. Thread-safe; all methods may be called from any thread and from any
 * handler. Blocking methods have a time limit ({@link MqttClientBuilder#callTimeout}) and say what they waited for; {@code
 * …Async} methods never block, in any state, and dependents of their futures never run on an event loop.
 *
 * <pre>{@code
 * try (MqttClient client = MqttClient.connect("mqtt://localhost")) {
 *     client.subscribe("greetings/#", message -> System.out.println(message.topic() + ": " + message.text()));
 *     client.publish("greetings/world", "hello");
 * }
 * }</pre>
 *
 * <p>An interface, so that an application can replace it in its own tests; Godwit's clients come from {@link #builder}.
 */
public interface MqttClient extends AutoCloseable {
    /**
     * A client for one address with the defaults of the builder, connected.
     *
     * @param address such as {@code mqtt://localhost}, {@code mqtts://user:password@broker.example.com:8883}
     * @throws MqttConnectException if the connection cannot be made
     * @throws IllegalArgumentException if the address is invalid; the message says what is wrong
     */
    static MqttClient connect(String address) {
        MqttClient client = builder().server(address).build();
        try {
            client.connect();
            return client;
        } catch (RuntimeException failure) {
            client.closeAsync();
            throw failure;
        }
    }

    static MqttClientBuilder builder() {
        return new MqttClientBuilder();
    }

    // ---- connection ----

    /**
     * Connects, and waits for CONNACK. On a connected client: returns the result of that connection.
     *
     * @throws MqttConnectException if the connection cannot be made; a first attempt is not repeated unless the builder's
     *     {@link MqttClientBuilder#retryFirst} is set
     * @throws MqttTimeoutException if it took longer than the call time limit; the attempt goes on
     * @throws ClientClosedException after {@link #close}
     */
    ConnectResult connect();

    /** {@link #connect()} without blocking. What is published from now on waits for the connection. */
    CompletableFuture<ConnectResult> connectAsync();

    /** The state of the connection at this moment. */
    ClientState state();

    default boolean isConnected() {
        return state() == ClientState.CONNECTED;
    }

    /** What the broker answered when the present connection was made; null without one. */
    @Nullable
    ConnectResult connection();

    /** The client identifier that it was built with; the broker may have assigned another, see {@link #connection()}. */
    String clientId();

    ProtocolVersion protocol();

    /** What the client has counted so far: a consistent view of this moment, cheap enough to be asked for every second. */
    ClientStatistics statistics();

    /**
     * Disconnects in order: takes no more messages, waits for what is in flight and for the handlers of the messages that were
     * taken, within the close time limit, acknowledges those, sends DISCONNECT, so that the broker
     * drops the will, and ends a reconnect loop too. {@link #connect} may be called again afterwards. The broker may still
     * be reading what was sent when this returns.
     */
    void disconnect();

    /**
     * {@link #disconnect()} without blocking. Fails with {@link NotConnectedException} if the connection ends before DISCONNECT
     * is sent: the broker may then publish the will.
     */
    CompletableFuture<Void> disconnectAsync();

    /**
     * Disconnects with a reason and properties of MQTT 5, such as {@link ReasonCode#DISCONNECT_WITH_WILL_MESSAGE} or
     * another session expiry. Older versions have no reason. Fails like {@link #disconnectAsync()}.
     *
     * @param limit how long publishes in flight may take to end; zero: DISCONNECT is sent at once
     * @throws IllegalArgumentException if only servers may give the reason (section 3.14.2.1), DISCONNECT has no such property, it
     *     is too long, or the version has no properties
     */
    CompletableFuture<Void> disconnectAsync(ReasonCode reason, MqttProperties properties, Duration limit);

    /**
     * Disconnects as {@link #disconnect} and closes the client permanently, in any state. Handlers that are not done within the close
     * time limit are reported to {@link ClientListener#messagesLeft}; none is called any more: a reconnect loop stops, every
     * exchange that has not ended fails with {@link ClientClosedException}, no thread, timer or socket is left. The threads that
     * all clients share end with the last one; where Godwit is on the JVM's own class path, a tenth of a second later. What a
     * session store holds stays in it. Blocks for at most three times the close time limit; called from a handler on the
     * event loop it does not block. A second call does nothing.
     */
    @Override
    void close();

    /** {@link #close()} without blocking. */
    CompletableFuture<Void> closeAsync();

    /**
     * Completes when this client is closed, by whoever closes it: for what is built on a client that it doesn't own. Cancelling
     * it does nothing to the client.
     */
    CompletableFuture<Void> closed();

    /**
     * Authenticates again on the present connection, MQTT 5 section 4.12.1.
     *
     * @return fails if the builder had no {@link Authenticator}, or the broker refuses and disconnects
     */
    CompletableFuture<Void> reauthenticate();

    // ---- publish ----

    /** Publishes text as UTF-8, QoS 1, and waits for the acknowledgement; see {@link #publish(Message)}. */
    default PublishResult publish(String topic, String text) {
        return publish(Message.of(topic, text));
    }

    /** Publishes bytes, QoS 1, and waits for the acknowledgement; see {@link #publish(Message)}. */
    default PublishResult publish(String topic, byte[] payload) {
        return publish(Message.of(topic, payload));
    }

    /**
     * Publishes and waits until the broker has acknowledged (QoS 0: until the message is given to the connection). While
     * the client is connecting or reconnecting, the message waits in the queue.
     *
     * @throws PublishException if it is refused, breaks a limit, finds the queue full, or expires
     * @throws NotConnectedException if there is no connection and none is being made
     * @throws MqttTimeoutException if the answer took longer than the call time limit; the message remains in flight
     * @throws IllegalArgumentException if the topic is not a valid topic name [MQTT-3.3.2-2]
     */
    PublishResult publish(Message message);

    /**
     * {@link #publish(Message)} without blocking. The future ends exactly once; its dependents run on the client's handler
     * executor, and may wait for other futures. Cancelling it takes the message out of the queue; {@code cancel} returns
     * false if the message was sent already, and the future then ends as the broker answers.
     */
    CompletableFuture<PublishResult> publishAsync(Message message);

    /** Publishes text as UTF-8, QoS 1, without blocking. */
    default CompletableFuture<PublishResult> publishAsync(String topic, String text) {
        return publishAsync(Message.of(topic, text));
    }

    /**
     * Publishes the messages of a list, in their order, and waits until all of them have ended. The same as {@link
     * #publish(Message)} for each of them, but cheaper: the client's lock is taken once for dozens of messages, and one result
     * stands for all. A failed message does not fail the call: {@link PublishBatchResult#failures} has its failure, and
     * {@link PublishBatchResult#orThrow} throws it.
     *
     * <p>Unless all of the messages are valid, none is published. If one finds the queue full, the call waits for room if the
     * builder's policy is to wait; otherwise this message and all behind it fail, so that none overtakes another. A limit of the
     * broker that a message breaks fails that message only.
     *
     * @param messages at best thousands; an empty list has ended at once. The list is copied, the payloads are not
     * @throws NotConnectedException if there is no connection and none is being made
     * @throws ClientClosedException after {@link #close}
     * @throws MqttTimeoutException if there was no room for the next message, or no answer to all of them after the last was
     *     accepted, for longer than the call time limit; messages that were accepted remain in flight
     * @throws MqttInterruptedException if the thread is interrupted; messages that were accepted remain in flight
     * @throws IllegalArgumentException if a message is null or could not be published; the text names its index
     */
    PublishBatchResult publishAll(List<Message> messages);

    /**
     * {@link #publishAll} without blocking. The future completes once, when all messages have ended. Cancelling it takes those out
     * of the queue that wait there; {@code cancel} returns true if that were all of them. Otherwise the future ends as the broker
     * answers the others, and those that were taken out fail with {@link PublishException.Cause#CANCELLED}.
     *
     * @throws IllegalArgumentException if a message is null or could not be published; the text names its index
     */
    CompletableFuture<PublishBatchResult> publishAllAsync(List<Message> messages);

    /**
     * Completes once every publish that was accepted before this call is where it survives what the session store promises:
     * at once without a store, after the disk has it with a store that forces. Fails with {@link MqttStoreException} if the
     * store cannot. Never blocks.
     */
    CompletableFuture<Void> stored();

    // ---- subscribe ----

    /** Subscribes with QoS 1 and waits for the broker's answer; see {@link #subscribe(TopicSubscription, MessageHandler)}. */
    default Subscription subscribe(String filter, MessageHandler handler) {
        return subscribe(filter, Qos.AT_LEAST_ONCE, handler);
    }

    /** Subscribes and waits for the broker's answer; see {@link #subscribe(TopicSubscription, MessageHandler)}. */
    default Subscription subscribe(String filter, Qos qos, MessageHandler handler) {
        return subscribe(TopicSubscription.of(filter, qos), handler);
    }

    /** Subscribes with a handler that acknowledges by hand, and waits for the broker's answer. */
    Subscription subscribe(String filter, Qos qos, ManualHandler handler);

    /**
     * Subscribes and waits for the broker's answer. The handler may be called before this returns. The subscription is
     * restored after a reconnect.
     *
     * @throws SubscribeException if the broker refuses, or its limits say that it would
     * @throws NotConnectedException if there is no connection and none is being made
     * @throws MqttTimeoutException if the answer took longer than the call time limit
     * @throws IllegalArgumentException if the filter is not a valid topic filter [MQTT-4.7.1-1]
     */
    default Subscription subscribe(TopicSubscription subscription, MessageHandler handler) {
        return subscribe(subscription, HandlerOptions.defaults(), handler);
    }

    /** {@link #subscribe(TopicSubscription, MessageHandler)} with options of its own for the handler. */
    Subscription subscribe(TopicSubscription subscription, HandlerOptions options, MessageHandler handler);

    /** {@link #subscribe(String, Qos, MessageHandler)} without blocking. */
    default CompletableFuture<Subscription> subscribeAsync(String filter, Qos qos, MessageHandler handler) {
        return subscribeAsync(TopicSubscription.of(filter, qos), handler);
    }

    /** {@link #subscribe(TopicSubscription, MessageHandler)} without blocking. */
    default CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription, MessageHandler handler) {
        return subscribeAsync(List.of(subscription), handler);
    }

    /** Subscribes with a handler that acknowledges by hand, without blocking. */
    CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription, ManualHandler handler);

    /** Subscribes to several filters with one packet and one handler, without blocking. Fails if all are refused. */
    default CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions, MessageHandler handler) {
        return subscribeAsync(subscriptions, MqttProperties.NONE, handler);
    }

    /** The same with properties of MQTT 5: a subscription identifier, user properties. */
    default CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions, MqttProperties properties, MessageHandler handler) {
        return subscribeAsync(subscriptions, properties, HandlerOptions.defaults(), handler);
    }

    /** The same with options of its own for the handler. */
    CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions,
            MqttProperties properties,
            HandlerOptions options,
            MessageHandler handler);

    /** {@link #subscribeBatches(TopicSubscription, HandlerOptions, int, Duration, BatchHandler)} with QoS 1. */
    default Subscription subscribeBatches(String filter, int most, Duration linger, BatchHandler handler) {
        return subscribeBatches(
                TopicSubscription.of(filter, Qos.AT_LEAST_ONCE), HandlerOptions.defaults(), most, linger, handler);
    }

    /**
     * Subscribes with a handler that takes many messages at once, for instance to write them with one transaction, and waits
     * for the broker's answer. It is called when {@code most} messages have come, or the first of them has waited for the
     * linger time; a batch is acknowledged as a whole when the handler has returned. A broker that allows fewer unacknowledged
     * messages than {@code most} (20 in Mosquitto by default) never fills a batch: then the linger time decides.
     *
     * @param most messages in a batch, 1 to 1,048,576
     * @param linger how long to wait for more messages, at most an hour; zero: not at all
     * @throws IllegalArgumentException if one of these is out of range
     * @throws SubscribeException if the broker refuses, or its limits say that it would
     * @throws NotConnectedException if there is no connection and none is being made
     * @throws MqttTimeoutException if the answer took longer than the call time limit
     */
    Subscription subscribeBatches(
            TopicSubscription subscription, HandlerOptions options, int most, Duration linger, BatchHandler handler);

    /** {@link #subscribeBatches(TopicSubscription, HandlerOptions, int, Duration, BatchHandler)} without blocking. */
    CompletableFuture<Subscription> subscribeBatchesAsync(
            TopicSubscription subscription, HandlerOptions options, int most, Duration linger, BatchHandler handler);

    /** Unsubscribes, removes the handlers of these filters, and waits for the broker's answer. */
    void unsubscribe(String... filters);

    /**
     * {@link #unsubscribe} without blocking. The handlers stay until the broker has answered. Fails with {@link
     * SubscribeException} if the broker refuses a filter, which then stays subscribed with its handlers.
     */
    CompletableFuture<Void> unsubscribeAsync(String... filters);

    /** The same with properties of MQTT 5, and the broker's answer to each filter. */
    CompletableFuture<UnsubscribeResult> unsubscribeAsync(List<String> filters, MqttProperties properties);

    /**
     * Adds a handler without subscribing: for messages of a session that the broker has kept, or of a subscription that
     * was made elsewhere. Messages that waited for a handler go to it.
     */
    void handle(String filter, MessageHandler handler);

    // ---- request and response ----

    /**
     * Publishes a request and waits for its response, MQTT 5 section 4.10; see {@link #requestAsync}.
     *
     * @throws MqttTimeoutException if none came within the call time limit
     */
    Message request(Message request);

    /** {@link #request(Message)} of a text, QoS 1. */
    default Message request(String topic, String text) {
        return request(Message.of(topic, text));
    }

    /**
     * Publishes a request with a response topic of this client and correlation data, and completes with the first
     * response. Cancel the future, or let it time out ({@link CompletableFuture#orTimeout}), to stop waiting.
     *
     * @throws IllegalStateException unless the client speaks MQTT 5
     */
    CompletableFuture<Message> requestAsync(Message request);
}
