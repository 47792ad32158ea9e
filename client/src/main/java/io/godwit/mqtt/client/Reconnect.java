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
     * How long to wait before this attempt, zero or more; null gives up. Called on a thread that may block. If it takes longer
     * than {@link MqttClientBuilder#callTimeout}, the client makes the attempt.
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

    /** Always after the same time. */
    static Reconnect fixed(Duration delay) {
        requireNotNegative(delay);
        return attempt -> attempt.isPointless() ? null : delay;
    }

    /**
     * Exponential with full jitter: a random time up to {@code first * 2^(attempt - 1)}, at most {@code longest}. The
     * jitter keeps a fleet from coming back all at once.
     */
    static Reconnect exponential(Duration first, Duration longest) {
        requireNotNegative(first);
        requireNotNegative(longest);
        return attempt -> {
            if (attempt.isPointless()) {
                return null;
            }
            double ceiling = first.toNanos() * Math.pow(2, Math.min(attempt.number() - 1, 40));
            long bound = (long) Math.min(ceiling, longest.toNanos());
            return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound + 1));
        };
    }

    /** Decorrelated jitter: a random time between {@code first} and three times the one before, at most {@code longest}. */
    static Reconnect decorrelated(Duration first, Duration longest) {
        requireNotNegative(first);
        requireNotNegative(longest);
        return new DecorrelatedJitter(first.toNanos(), longest.toNanos());
    }

    private static void requireNotNegative(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a reconnect delay is zero or more, not " + delay);
        }
    }
}
