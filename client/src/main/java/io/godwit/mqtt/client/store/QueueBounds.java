package io.godwit.mqtt.client.store;

/**
 * How much may wait to be sent, and what happens when that is reached.
 *
 * @param messages the maximum number of messages, 0 or more
 * @param bytes the maximum number of bytes in topics and payloads, 0 or more
 * @param whenFull what gives way
 */
public record QueueBounds(int messages, long bytes, WhenFull whenFull) {
    private static final int MESSAGES = 65_536;
    private static final long BYTES = 64L * 1024 * 1024;

    /** What waits may take an eighth of the heap; each publish also has a future, and its bytes may be counted too low. */
    private static final int SHARE = 8;

    private static final QueueBounds DEFAULTS =
            new QueueBounds(MESSAGES, Math.min(BYTES, Runtime.getRuntime().maxMemory() / SHARE), WhenFull.FAIL);

    /** What gives way when the queue is full. */
    public enum WhenFull {
        /** The new publish fails at once. */
        FAIL,
        /** A blocking publish waits for room, within its time limit; an asynchronous one fails at once. */
        WAIT,
        /** The oldest waiting publish fails, the new one takes its place. The failure says whether it may have been sent. */
        DROP_OLDEST,
        /** The new publish is dropped: it fails as dropped. */
        DROP_NEWEST
    }

    public QueueBounds {
        if (messages < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "queue bounds are 0 or more, not " + messages + " messages and " + bytes + " bytes");
        }
    }

    /** 65,536 messages and 64 MiB, but at most an eighth of the largest heap that this JVM may have; new ones fail. */
    public static QueueBounds defaults() {
        return DEFAULTS;
    }
}
