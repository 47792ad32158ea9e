package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;

/** What a session has to tell beside the ends of exchanges: rare things, in their order. */
public sealed interface SessionEvent {
    /**
     * CONNACK has come and accepts.
     *
     * @param resumed whether the broker goes on with this session
     */
    record Connected(Connack connack, boolean resumed) implements SessionEvent {}

    /** CONNACK has come and refuses; the broker will close the connection. */
    record Refused(Connack connack) implements SessionEvent {}

    /** The broker has sent DISCONNECT, MQTT 5. */
    record ServerDisconnected(Disconnect disconnect) implements SessionEvent {}

    /** A step of extended authentication, MQTT 5. */
    record AuthReceived(Auth auth) implements SessionEvent {}

    /**
     * A message has no handler. Of QoS 1 and 2 it is not acknowledged and waits for one; of QoS 0 it is gone.
     *
     * @param parked whether it waits
     */
    record Unhandled(Message message, boolean parked) implements SessionEvent {}

    /** An event that is only reported. */
    sealed interface Notice extends SessionEvent {}

    /** A message of QoS 0 was dropped: too much waits for the handlers, and one of them waits for the broker. */
    record Dropped(Message message) implements Notice {}

    /** A subscription whose messages have no handler is ended. */
    record Unwanted(TopicFilter filter) implements Notice {}

    /** The broker gives the filter a special meaning, and no message says that it was sent for it. */
    record Unroutable(TopicFilter filter) implements Notice {}

    /** {@link Session#nextTick} is earlier than before. */
    record TickEarlier() implements SessionEvent {}

    /**
     * A message for a handler that is called ahead of those that wait; it counts as handled.
     *
     * @param handler as it was given to the session
     */
    record Prompted(Message message, Handler handler) implements SessionEvent {}

    /**
     * PUBLISH is in the outbox; only if that was asked for.
     *
     * @param again whether it was sent before, on an earlier connection
     */
    record Sent(Message message, boolean again) implements SessionEvent {}

    /** A message was refused to the broker. */
    record Rejected(Message message, ReasonCode reason) implements SessionEvent {}

    /** The answer to a subscription that was made again after the broker had lost it. */
    record Resubscribed(TopicSubscription subscription, ReasonCode reason) implements SessionEvent {}
}
