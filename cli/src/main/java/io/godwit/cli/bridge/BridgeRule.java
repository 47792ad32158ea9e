package io.godwit.cli.bridge;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * Which topics cross a bridge, and what they are called on the other side: the prefix of one side is replaced by that of the
 * other.
 *
 * @param filter the topics without their prefix
 * @param a the prefix at broker A, such as {@code plant/}, or empty
 * @param b the prefix at broker B
 * @param qos the highest QoS to forward with
 */
public record BridgeRule(String filter, Direction direction, String a, String b, Qos qos) {
    /** Which way messages go. */
    public enum Direction {
        A_TO_B,
        B_TO_A,
        BOTH
    }

    /** One of the two brokers. */
    public enum Side {
        A,
        B;

        /** The other one. */
        public Side other() {
            return this == A ? B : A;
        }
    }

    /** Checks that both sides' filters are valid. */
    public BridgeRule {
        TopicFilter.of(a + filter);
        TopicFilter.of(b + filter);
        if (TopicFilter.of(a + filter).isShared() || TopicFilter.of(b + filter).isShared()) {
            throw new IllegalArgumentException("a shared subscription would forward a part of the messages only");
        }
    }

    /** Whether messages that arrive from this broker are forwarded. */
    public boolean takesFrom(Side side) {
        return direction == Direction.BOTH || direction == (side == Side.A ? Direction.A_TO_B : Direction.B_TO_A);
    }

    /** The filter to subscribe to at this broker. */
    public String filterAt(Side side) {
        return prefix(side) + filter;
    }

    /** The topic at the other broker, or null if this rule does not forward the topic. */
    public @Nullable String mapped(Side from, String topic) {
        if (!takesFrom(from)
                || !topic.startsWith(prefix(from))
                || !TopicFilter.of(filterAt(from)).matches(topic)) {
            return null;
        }
        return prefix(from.other()) + topic.substring(prefix(from).length());
    }

    private String prefix(Side side) {
        return side == Side.A ? a : b;
    }
}
