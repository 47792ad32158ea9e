package io.godwit.cli.bridge;

import io.godwit.mqtt.protocol.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Recognizes messages that this bridge has published to a broker and that the broker sends back to it: before MQTT 5 no option
 * prevents that. Each published message is expected back once, and one that equals it is left out; so of two equal messages
 * from different clients one crosses, as it should. What does not come back is forgotten after a while.
 */
final class EchoGuard {
    /** A message's identity for this purpose. */
    private record Key(String topic, int length, int hash) {
        static Key of(Message message) {
            byte[] payload = message.payload();
            return new Key(message.topic(), payload.length, Arrays.hashCode(payload));
        }
    }

    // Set once.
    private final long timeout;
    private final LongSupplier clock;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    /** Until when each is expected, the earliest first. */
    private final Map<Key, Deque<Long>> expected = new HashMap<>();

    private long sweepAt;

    /**
     * @param timeout after which an echo is no longer expected
     * @param clock in nanoseconds, as {@link System#nanoTime}
     */
    EchoGuard(Duration timeout, LongSupplier clock) {
        this.timeout = timeout.toNanos();
        this.clock = clock;
        sweepAt = clock.getAsLong() + this.timeout;
    }

    /** The bridge is about to publish this to the broker. */
    void published(Message message) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            if (now - sweepAt >= 0) {
                sweepAt = now + timeout;
                expected.values().removeIf(times -> dropOld(times, now).isEmpty());
            }
            expected.computeIfAbsent(Key.of(message), absent -> new ArrayDeque<>(2))
                    .add(now + timeout);
        } finally {
            lock.unlock();
        }
    }

    /** Whether this message from the broker is one that the bridge had published. */
    boolean isEcho(Message message) {
        lock.lock();
        try {
            Key key = Key.of(message);
            Deque<Long> times = expected.get(key);
            if (times == null) {
                return false;
            }
            boolean isExpected = dropOld(times, clock.getAsLong()).poll() != null;
            if (times.isEmpty()) {
                expected.remove(key);
            }
            return isExpected;
        } finally {
            lock.unlock();
        }
    }

    private static Deque<Long> dropOld(Deque<Long> times, long now) {
        while (!times.isEmpty() && times.element() - now < 0) {
            times.remove();
        }
        return times;
    }
}
