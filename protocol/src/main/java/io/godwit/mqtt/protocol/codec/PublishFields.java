package io.godwit.mqtt.protocol.codec;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Properties;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;

/**
 * What a received PUBLISH said: filled anew for each, so that the message is the only object made. Belongs to one thread
 * at a time.
 */
public final class PublishFields {
    private static final Message NOTHING = new Message("", new byte[0], Qos.AT_MOST_ONCE, false, Properties.NONE);

    Message message = NOTHING;
    boolean dup;
    int packetId;
    int topicAlias;

    /** The message; its topic is empty when only {@link #topicAlias} names it. */
    public Message message() {
        return message;
    }

    /** Whether it may be a repetition. */
    public boolean dup() {
        return dup;
    }

    /** 1 to 65,535; 0 at QoS 0. */
    public int packetId() {
        return packetId;
    }

    /** 1 to 65,535; 0 for none. */
    public int topicAlias() {
        return topicAlias;
    }

    /** Forgets the message, so that it is not kept from the garbage collector. */
    public void clear() {
        message = NOTHING;
    }

    /** The same as a value. */
    public Publish toPacket() {
        return new Publish(message, dup, packetId, topicAlias);
    }
}
