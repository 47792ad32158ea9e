package io.godwit.mqtt.client;

import java.time.Duration;
import java.util.Objects;

/**
 * What becomes of messages of QoS 1 and 2 that no handler wants: they wait for one, unacknowledged and within limits, then they
 * are given up so that later messages are not held up. Given up means refused with reason code 0x83 with MQTT 5; before,
 * acknowledged and logged as a warning, since a broker takes nothing else. {@link ClientListener#messageUnhandled} hears of both.
 * Set with {@link MqttClientBuilder#onUnhandled}.
 *
 * @param unsubscribes whether the subscription that brings such messages is ended too
 * @param messages how many may wait at a time, 0 to 65,535; those beyond are given up at once. Their packets may have 8 MiB
 * @param longest how long one waits, or until 2 seconds after SUBACK if that is earlier; zero: not at all, at most a day
 */
public record UnhandledPolicy(boolean unsubscribes, int messages, Duration longest) {
    private static final int MOST_MESSAGES = 65_535;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final UnhandledPolicy ACKNOWLEDGE = new UnhandledPolicy(false, 1_000, Duration.ofSeconds(10));

    /** @throws IllegalArgumentException if a limit is out of range */
    public UnhandledPolicy {
        Objects.requireNonNull(longest, "longest");
        if (messages < 0 || messages > MOST_MESSAGES) {
            throw new IllegalArgumentException("invalid number of unhandled messages that may wait " + messages
                    + ": must be 0 to " + MOST_MESSAGES);
        }
        if (longest.isNegative() || longest.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "invalid wait of unhandled messages " + longest + ": must be zero to one day");
        }
    }

    /** They are given up, and the subscription stays. The default: 1,000 messages wait for 10 seconds at most. */
    public static UnhandledPolicy acknowledge() {
        return ACKNOWLEDGE;
    }

    /**
     * They are given up, and the subscription that brings them is ended: the filters that a session store has kept, that match
     * the topic and have no handler; without such a filter the topic itself, which is the filter if it has no wildcards. Each is
     * tried once for each connection. For sessions that a broker has resumed with subscriptions of which nobody knows any more.
     */
    public static UnhandledPolicy unsubscribe() {
        return new UnhandledPolicy(true, ACKNOWLEDGE.messages, ACKNOWLEDGE.longest);
    }

    /** The same with other limits. */
    public UnhandledPolicy withLimits(int newMessages, Duration newLongest) {
        return new UnhandledPolicy(unsubscribes, newMessages, newLongest);
    }
}
