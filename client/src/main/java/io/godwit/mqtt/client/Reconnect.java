package io.godwit.mqtt.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * When a lost connection is made again. A small value: how long to wait before an attempt, given how many have failed in
 * a row. Own policies are lambdas.
 */
@FunctionalInterface
public interface Reconnect {
    /**
     * How long to wait before this attempt, from zero to 365 days; null gives up, and so does an exception or another duration,
     * which is logged. Called on a thread that may block. If it takes longer than {@link MqttClientBuilder#callTimeout}, the
     * client makes the attempt.
     */
    @Nullable
    Duration delay(Attempt attempt);

    /**
     * The attempt that is to be made.
     *
     * @param number 1 for the first attempt after the connection was lost, 2 if that failed, and so on; a connection that
     *     lasted for less than ten seconds counts as a failed attempt
     * @param lost why the last connection ended; null if there was none yet
     * @param failure why the attempt before this one failed; null for the first
     */
    record Attempt(
            int number,
            @Nullable DisconnectCause lost,
            @Nullable ConnectFailure failure) {
        /** Whether the last attempt failed for a cause that no repetition heals. Godwit's own policies then give up. */
        public boolean isPointless() {
            return failure != null && failure.isPermanent();
        }
    }

    /** Not at all: a lost connection stays lost until {@code connect} is called. */
    static Reconnect never() {
        return attempt -> null;
    }

    /**
     * Always after the same time.
     *
     * @throws IllegalArgumentException unless the delay is zero to 365 days
     */
    static Reconnect fixed(Duration delay) {
        requireInRange(delay);
        return attempt -> attempt.isPointless() ? null : delay;
    }

    /**
     * Exponential with jitter: a random time from half of {@code first * 2^(attempt - 1)} to all of it, which is at most
     * {@code longest}. The jitter keeps a fleet from coming back all at once.
     *
     * @throws IllegalArgumentException unless both are zero to 365 days, and {@code longest} is at least {@code first}
     */
    static Reconnect exponential(Duration first, Duration longest) {
        requireInRange(first, longest);
        return attempt -> {
            if (attempt.isPointless()) {
                return null;
            }
            double doubled = first.toNanos() * Math.pow(2, Math.min(attempt.number() - 1, 60));
            long most = (long) Math.min(doubled, longest.toNanos());
            // Half of it is fixed: after some short delays in a row, the limit would have doubled too early.
            return Duration.ofNanos(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
        };
    }

    /**
     * Decorrelated jitter: a random time between {@code first} and three times the one before, at most {@code longest}.
     *
     * @throws IllegalArgumentException unless both are zero to 365 days, and {@code longest} is at least {@code first}
     */
    static Reconnect decorrelated(Duration first, Duration longest) {
        requireInRange(first, longest);
        return new DecorrelatedJitter(first.toNanos(), longest.toNanos());
    }

    private static void requireInRange(Duration first, Duration longest) {
        requireInRange(first);
        requireInRange(longest);
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("invalid reconnect delays " + first + " and " + longest
                    + ": the longest must be at least the first");
        }
    }

    private static void requireInRange(Duration delay) {
        if (delay.isNegative() || delay.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("invalid reconnect delay " + delay + ": must be zero to 365 days");
        }
    }
}
