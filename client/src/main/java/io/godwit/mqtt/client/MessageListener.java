package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ClientListener} that also hears of every single message and of each write to the session store: what metrics and tracing need. Add it with {@link
 * MqttClientBuilder#listener}. A client without such a listener pays nothing for these methods.
 *
 * <p>Unlike those of {@link ClientListener}, these methods are called at once, by the thread on which it happens, perhaps
 * the event loop, and by several threads at a time. So they must return quickly, must not block, and must not make blocking
 * calls. What they throw is logged and changes nothing.
 *
 * <p>One publish is the same {@link Message} object in all calls about it: the one that {@link #publishing} returned, without
 * the properties that the protocol version doesn't have. Each accepted publish ends with exactly one call of {@link
 * #publishAcknowledged} or {@link #publishFailed(MqttClient, Message, MqttException, Duration)}, unless the application
 * completed its future itself.
 */
public interface MessageListener extends ClientListener {
    /**
     * The application publishes a message. Called by its thread, before the client accepts it.
     *
     * @return the message to publish: {@code message}, or a changed copy
     */
    default Message publishing(MqttClient client, Message message) {
        return message;
    }

    /** A publish was accepted: it is sent or waits in the queue. It may have ended already. Called by the publishing thread. */
    default void publishAccepted(MqttClient client, Message message) {}

    /** A publish was not accepted: there is no connection, the queue is full, or it is invalid. Called by the publishing thread. */
    default void publishRefused(MqttClient client, Message message, RuntimeException failure) {}

    /**
     * PUBLISH is on its way to the broker.
     *
     * @param again whether it was sent before, on an earlier connection
     */
    default void publishSent(MqttClient client, Message message, boolean again) {}

    /**
     * A publish has succeeded: the broker has acknowledged it, or at QoS 0 it was given to the connection.
     *
     * @param took since it was published; since the client was built if a session store has kept it from before
     */
    default void publishAcknowledged(MqttClient client, Message message, PublishResult result, Duration took) {}

    /**
     * A publish that was accepted has failed or expired; the {@link PublishException#kind} of {@code failure} tells which.
     *
     * @param took since it was published; since the client was built if a session store has kept it from before
     */
    default void publishFailed(MqttClient client, Message message, MqttException failure, Duration took) {}

    /** A message was received, and its handlers are called next. Each of them is followed by one {@link #messageHandled}. */
    default void messageReceived(MqttClient client, Message message) {}

    /**
     * Handlers of a message are called next, by this thread, which calls {@link #handlingEnded} when they have returned. A handler
     * that has failed and is called again is between two more of these calls, perhaps on another thread; concurrent handlers of
     * one message have a pair of calls on each of their threads. Handlers of batches have none, since they have no single message.
     */
    default void handling(MqttClient client, Message message) {}

    /** What began with {@link #handling} has ended, on the same thread. */
    default void handlingEnded(MqttClient client, Message message) {}

    /**
     * The handlers of a message have returned, and are not called again. Called by the thread that called the last of them; follows
     * {@link #messageReceived}.
     *
     * @param took for how long they ran, all together and with all repetitions; in a batch: the whole batch
     * @param failure what the last call of a handler has thrown, the last if several have failed; null: none
     */
    default void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {}

    /**
     * The session store has made safe what bytes for the broker were waiting for.
     *
     * @param took how long they waited
     */
    default void storeForced(MqttClient client, Duration took) {}

    /** A message was refused to the broker with this reason code, MQTT 5. */
    default void messageRejected(MqttClient client, Message message, ReasonCode reason) {}
}
