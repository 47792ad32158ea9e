package io.godwit.mqtt.codec;

/**
 * The fields of a received PUBLISH other than its message: filled again for each packet, so that only the message is allocated.
 * Not thread-safe.
 */
public final class PublishFields {
    boolean dup;
    int packetId;
    int topicAlias;

    /** Whether the packet may be a repetition. */
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
}
