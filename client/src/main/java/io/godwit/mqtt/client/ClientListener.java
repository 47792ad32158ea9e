package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one point from which a client can be observed: metrics, tracing and logs are thin adapters on it. {@link
 * MessageListener} adds what happens to every single message. All methods do nothing unless overridden. They are called one
 * at a time, in order, on the client's handler executor, never on the event loop; what they throw is logged.
 *
 * <p>For a listener that takes its time at most {@value #MOST_WAITING} calls wait, with at most {@value #MOST_WAITING_BYTES}
 * payload bytes. Beyond that, calls about single messages are left out; one about the connection takes the place of the oldest
 * about a message. {@link #missed} says how many were left out.
 */
public interface ClientListener {
    /** So many calls wait for a slow listener. */
    int MOST_WAITING = 10_000;

    /** Calls whose payloads have at most this many bytes, or a single call with more. */
    int MOST_WAITING_BYTES = 16 << 20;

    /**
     * The client was built.
     *
     * @param publishes that a session store has kept and that will be sent
     * @param subscriptions that it has kept and that will be restored if the broker has lost them
     */
    default void built(MqttClient client, int publishes, int subscriptions) {}

    /**
     * The client was disconnected or closed, and the time limit for that was over before all handlers were done.
     *
     * @param messages how many are being handled or were not: of QoS 1 and 2 they are not acknowledged
     */
    default void messagesLeft(MqttClient client, int messages) {}

    /** The client was closed; it is the last call. */
    default void closed(MqttClient client) {}

    /** An attempt begins; 1 for the first of a row. */
    default void connecting(MqttClient client, int attempt) {}

    /**
     * CONNACK has come; at each reconnect again. A handler that this method subscribes takes the place of the one that it has
     * subscribed to the same filter before, so that reconnecting doesn't multiply handlers.
     */
    default void connected(MqttClient client, ConnectResult result) {}

    /**
     * An attempt has failed.
     *
     * @param next how long until the next one; null: there is none
     */
    default void connectFailed(MqttClient client, ConnectFailure failure, @Nullable Duration next) {}

    /**
     * A connection has ended.
     *
     * @param cause who ended it, and why
     * @param next how long until the next attempt; null if there is none
     */
    default void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {}

    /** A publish that was accepted has failed, as its future tells too: for those of which nobody holds the future. */
    default void publishFailed(MqttClient client, Message message, MqttException failure) {}

    /** A handler has thrown; at each retry again. */
    default void handlerFailed(MqttClient client, Message message, Throwable failure) {}

    /** What became of a message whose handler has thrown, as its {@link FailurePolicy} says. */
    default void messageFailed(MqttClient client, Message message, Throwable failure, FailurePolicy.Outcome outcome) {}

    /**
     * A message has no handler.
     *
     * @param waits whether it waits for one, unacknowledged, as long as {@link UnhandledPolicy} says: QoS 1 and 2. False if it is
     *     gone: at QoS 0, or after that time, when it was refused (MQTT 5) or acknowledged (before) so that later messages are not held up
     */
    default void messageUnhandled(MqttClient client, Message message, boolean waits) {}

    /**
     * A message of QoS 0 was dropped before any handler saw it: so much waits that the heap is in danger, and reading cannot stop,
     * because a handler blocks in a call of this client and its answer may be behind these messages. Messages of QoS 1 and 2 are
     * never dropped: reading stops when they fill the room.
     */
    default void messageDropped(MqttClient client, Message message) {}

    /**
     * A subscription is being ended because its messages have no handler, as {@link UnhandledPolicy#unsubscribe()} says.
     *
     * @param filter of the subscription; a topic if nobody knows the filter
     */
    default void unsubscribedUnhandled(MqttClient client, TopicFilter filter) {}

    /** A subscription was made again because the broker had lost it; an error in {@code reason} means that it is gone. */
    default void resubscribed(MqttClient client, TopicSubscription subscription, ReasonCode reason) {}

    /**
     * The queue of publishes is full: from now on publishes fail, wait or take the place of others, as {@link
     * io.godwit.mqtt.client.store.QueueBounds} says. Called once until {@link #queueHasRoom}.
     *
     * @param messages that wait
     * @param bytes of their topics and payloads
     */
    default void queueFull(MqttClient client, int messages, long bytes) {}

    /** The queue was full and is at most half full now. */
    default void queueHasRoom(MqttClient client) {}

    /**
     * More messages wait for the handlers than the inbox has room for, so nothing is read from the broker until half of them
     * are handled.
     *
     * @param messages that wait or are being handled
     * @param bytes of their packets
     */
    default void readingPaused(MqttClient client, int messages, long bytes) {}

    /**
     * The handlers have caught up, and the broker is read again.
     *
     * @param paused for how long it was not read
     */
    default void readingResumed(MqttClient client, Duration paused) {}

    /** The session store cannot write, so the connection is ended; it is tried again with the next connection. */
    default void storeFailed(MqttClient client, IOException failure) {}

    /**
     * This listener was too slow, and some calls were left out. Comes before the next call.
     *
     * @param calls how many, since the last time
     */
    default void missed(MqttClient client, long calls) {}
}
