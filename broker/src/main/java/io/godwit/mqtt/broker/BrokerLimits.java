package io.godwit.mqtt.broker;

/**
 * How much of a broker clients may occupy. What exceeds a limit is refused or dropped and reported to
 * {@link BrokerListener#limited}; everything else goes on.
 *
 * @param connections open connections, 1 or more; further ones are closed at once
 * @param sessions sessions, connected or not, 1 or more; a CONNECT that needs another one is refused with 0x97
 * @param subscriptions topic filters of one session, 1 or more; further ones get 0x97 in SUBACK
 * @param retained retained messages, 0 or more; a publish that needs another one is rejected with 0x97
 * @param bytes topics and payloads of all retained messages, wills, queued messages (counted for each session that they
 *     wait for), topic filters of all subscriptions and incomplete packets, 1 or more
 * @param topicLevels levels of a topic name or topic filter, 1 to {@value #MOST_LEVELS}; deeper ones are rejected
 */
public record BrokerLimits(
        int connections, int sessions, int subscriptions, int retained, long bytes, int topicLevels) {
    /** Topics are matched level by level on the stack. */
    static final int MOST_LEVELS = 1_000;

    /** Only topic levels are limited, to 200. */
    public static final BrokerLimits NONE = new BrokerLimits(
            Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, 200);

    public BrokerLimits {
        check("connections", connections, 1, Integer.MAX_VALUE);
        check("sessions", sessions, 1, Integer.MAX_VALUE);
        check("subscriptions", subscriptions, 1, Integer.MAX_VALUE);
        check("retained", retained, 0, Integer.MAX_VALUE);
        check("bytes", bytes, 1, Long.MAX_VALUE);
        check("topic levels", topicLevels, 1, MOST_LEVELS);
    }

    private static void check(String what, long value, long from, long to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException("invalid limit of " + value + " " + what + ": must be " + from
                    + (to < Integer.MAX_VALUE ? " to " + to : " or more"));
        }
    }

    /**
     * Limits for a broker whose clients are not trusted, in a heap of this size.
     *
     * @param heap in bytes, such as {@code Runtime.getRuntime().maxMemory()}
     */
    public static BrokerLimits forHeap(long heap) {
        int connections = between(heap / (128 << 10), 100, 100_000);
        return new BrokerLimits(
                connections,
                connections,
                1_000,
                between(heap / (8 << 10), 1_000, 1_000_000),
                Math.max(1 << 20, heap / 4),
                200);
    }

    private static int between(long value, int least, int most) {
        return (int) Math.max(least, Math.min(most, value));
    }

    public BrokerLimits withConnections(int value) {
        return new BrokerLimits(value, sessions, subscriptions, retained, bytes, topicLevels);
    }

    public BrokerLimits withSessions(int value) {
        return new BrokerLimits(connections, value, subscriptions, retained, bytes, topicLevels);
    }

    public BrokerLimits withSubscriptions(int value) {
        return new BrokerLimits(connections, sessions, value, retained, bytes, topicLevels);
    }

    public BrokerLimits withRetained(int value) {
        return new BrokerLimits(connections, sessions, subscriptions, value, bytes, topicLevels);
    }

    public BrokerLimits withBytes(long value) {
        return new BrokerLimits(connections, sessions, subscriptions, retained, value, topicLevels);
    }

    public BrokerLimits withTopicLevels(int value) {
        return new BrokerLimits(connections, sessions, subscriptions, retained, bytes, value);
    }
}
