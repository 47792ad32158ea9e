package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import org.jspecify.annotations.Nullable;

/** Learns what happens in a broker. Called on the broker's thread while it happens; must not call the broker. */
public interface BrokerListener {
    /** Does nothing. */
    BrokerListener NONE = new BrokerListener() {};

    /** The CONNACK that accepts a client is about to be sent. */
    default void connected(String clientId, Connect connect, boolean sessionPresent) {}

    /** A client that was connected no longer is; {@code why} is for a person to read. */
    default void disconnected(String clientId, String why) {}

    /** A message has been taken and goes to its subscribers; {@code clientId} is null for one of the broker's own. */
    default void published(@Nullable String clientId, Message message) {}

    /** A client has subscribed; the SUBACK is about to be sent. */
    default void subscribed(String clientId, TopicSubscription subscription) {}

    /** A client has unsubscribed. */
    default void unsubscribed(String clientId, String filter) {}

    /** A message was not delivered to a session: its queue was full, or it was too large or too old. */
    default void dropped(String clientId, Message message, String why) {}

    /**
     * A limit of {@link BrokerLimits} was reached, and what would have exceeded it was refused or dropped.
     *
     * @param clientId empty if the client is not known yet
     */
    default void limited(String clientId, String what) {}

    /** The client violated the standard; {@code what} names the statement. The broker carries on if it can. */
    default void violation(String clientId, String what) {}
}
