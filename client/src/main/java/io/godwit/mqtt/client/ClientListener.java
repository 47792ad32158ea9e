package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one point from which a client can be observed: metrics, tracing and logs are thin adapters on it. All methods do
 * nothing unless overridden. They are called one at a time, in order, on the client's handler executor, never on the event
 * loop; what they throw is logged.
 */
public interface ClientListener {
    /** An attempt begins; 1 for the first of a row. */
    default void connecting(MqttClient client, int attempt) {}

    /** CONNACK has come; at each reconnect again. */
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
     * @param cause for people; null when the application asked for it
     * @param next how long until it is made again; null: it is not
     */
    default void disconnected(MqttClient client, @Nullable String cause, @Nullable Duration next) {}

    /** A publish that was accepted has failed, as its future tells too: for those of which nobody holds the future. */
    default void publishFailed(MqttClient client, Message message, MqttException failure) {}

    /** A handler has thrown. */
    default void handlerFailed(MqttClient client, Message message, Throwable failure) {}

    /**
     * A message has no handler.
     *
     * @param waits whether it waits, unacknowledged, for one: QoS 1 and 2; of QoS 0 it is gone
     */
    default void messageUnhandled(MqttClient client, Message message, boolean waits) {}

    /** A subscription was made again because the broker had lost it; an error in {@code reason} means that it is gone. */
    default void resubscribed(MqttClient client, TopicSubscription subscription, ReasonCode reason) {}
}
