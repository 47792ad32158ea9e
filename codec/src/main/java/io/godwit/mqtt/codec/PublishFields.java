package io.godwit.mqtt.codec;

import java.util.Arrays;

/**
 * The fields of a received PUBLISH other than its message: filled again for each packet, so that only the message is allocated.
 * Not thread-safe.
 */
public final class PublishFields {
    private static final int[] NO_IDENTIFIERS = {};
    private static final int MOST_KEPT = 64;

    /** Set once. */
    final boolean identifiersApart;

    boolean dup;
    int packetId;
    int topicAlias;
    private int[] identifiers = NO_IDENTIFIERS;
    private int identifierCount;

    public PublishFields() {
        this(false);
    }

    /**
     * @param identifiersApart whether subscription identifiers are put here rather than left in the message's properties,
     *     so that a message that has nothing else has no properties
     */
    public PublishFields(boolean identifiersApart) {
        this.identifiersApart = identifiersApart;
    }

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

    /** How many subscription identifiers there are, if they are apart. */
    public int identifierCount() {
        return identifierCount;
    }

    /** One of the subscription identifiers, 1 to 268,435,455. */
    public int identifier(int index) {
        return identifiers[index];
    }

    void addIdentifier(int identifier) {
        if (identifierCount == identifiers.length) {
            identifiers = Arrays.copyOf(identifiers, Math.max(2, 2 * identifierCount));
        }
        identifiers[identifierCount++] = identifier;
    }

    void clearIdentifiers() {
        identifierCount = 0;
        if (identifiers.length > MOST_KEPT) {
            identifiers = NO_IDENTIFIERS;
        }
    }
}
