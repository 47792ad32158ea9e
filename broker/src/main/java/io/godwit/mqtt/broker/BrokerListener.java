package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import org.jspecify.annotations.Nullable;

/** Is told what happens in the model broker, on the broker's thread, while it happens; must not call the broker. */
public interface BrokerListener {
    /** Nobody listens. */
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

    /** The client did what the standard forbids, with the statement. The model broker goes on where it can. */
    default void violation(String clientId, String what) {}
}
