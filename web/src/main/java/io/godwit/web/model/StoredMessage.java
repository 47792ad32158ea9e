package io.godwit.web.model;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;

/** A message that the tree keeps: the last of its topic, or one of its history. Guarded by the tree's lock, but for what is final. */
public final class StoredMessage {
    /** What the objects around a payload take on the heap, for topics and properties as usual. */
    private static final int OVERHEAD = 48 + 40 + 16 + 8;

    private static final int PER_PROPERTY = 48;

    // Set once.
    private final long id;
    private final long nodeId;
    private final long time;
    private final Message message;
    private final int payloadLength;

    // Guarded by the tree's lock.
    private long skipped;

    StoredMessage(long id, long nodeId, long time, Message message, int payloadLength) {
        this.id = id;
        this.nodeId = nodeId;
        this.time = time;
        this.message = message;
        this.payloadLength = payloadLength;
    }

    /** Grows with each message of the tree, from 1. */
    public long id() {
        return id;
    }

    public long nodeId() {
        return nodeId;
    }

    /** When it arrived, in milliseconds since 1970. */
    public long time() {
        return time;
    }

    public Message message() {
        return message;
    }

    /** The payload's length on arrival, in bytes. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Whether the payload was larger than the whole budget allows, and is not kept. */
    public boolean isPayloadDropped() {
        return payloadLength != message.payload().length;
    }

    /** How many messages between this one and the one before it in the history were thinned out. */
    public long skipped() {
        return skipped;
    }

    void skip(long more) {
        skipped += more;
    }

    /** An estimate of its bytes on the heap. */
    int cost() {
        return costOf(message);
    }

    static int costOf(Message message) {
        int cost = OVERHEAD + message.payload().length;
        MqttProperties properties = message.properties();
        for (int i = 0; i < properties.size(); i++) {
            Object value = properties.value(i);
            cost += PER_PROPERTY;
            if (value instanceof String text) {
                cost += 24 + 2 * text.length();
            } else if (value instanceof byte[] bytes) {
                cost += bytes.length;
            } else if (properties.property(i) == Property.USER_PROPERTY && value instanceof UserProperty user) {
                cost += 72 + 2 * (user.name().length() + user.value().length());
            }
        }
        return cost;
    }
}
