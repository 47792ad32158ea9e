package io.godwit.mqtt.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** {@link Reconnect#decorrelated}: remembers the last delay. */
final class DecorrelatedJitter implements Reconnect {
    private final long first;
    private final long longest;
    private final AtomicLong last = new AtomicLong();

    DecorrelatedJitter(long first, long longest) {
        this.first = first;
        this.longest = longest;
    }

    @Override
    public @Nullable Duration delay(Attempt attempt) {
        if (attempt.isPointless()) {
            return null;
        }
        long before = attempt.number() == 1 ? first : last.get();
        long bound = Math.max(first, Math.min(longest, 3 * before));
        long delay = Math.min(longest, first + ThreadLocalRandom.current().nextLong(bound - first + 1));
        last.set(delay);
        return Duration.ofNanos(delay);
    }
}
