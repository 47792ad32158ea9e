package io.godwit.mqtt.codec;

/**
 * What a received PUBLISH said beside its message: filled anew for each, so that the message is the only object made.
 * Belongs to one thread at a time.
 */
public final class PublishFields {
    boolean dup;
    int packetId;
    int topicAlias;

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
}
