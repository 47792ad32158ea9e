package io.godwit.cli.bench;

import io.godwit.cli.output.Failures;
import io.godwit.mqtt.client.PublishException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What went wrong, how often: the same trouble is one line, however many had it. */
final class Problems {
    private static final int KINDS = 50;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final LongAdder total = new LongAdder();
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    void add(String what, Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        first.compareAndSet(null, cause);
        add(what + ": " + kind(cause));
    }

    void add(String text) {
        total.increment();
        String key = counts.size() < KINDS || counts.containsKey(text) ? text : "other problems";
        counts.computeIfAbsent(key, absent -> new LongAdder()).increment();
    }

    /** Without what differs from message to message. */
    private static String kind(Throwable cause) {
        if (cause instanceof PublishException publish) {
            return switch (publish.kind()) {
                case REFUSED -> "the broker refused it: " + publish.reason().describe();
                case LIMIT -> "it breaks a limit of the broker";
                case QUEUE_FULL, DROPPED -> "the client's queue is full: the broker takes less than the rate";
                case EXPIRED -> "it expired while it waited";
                case SESSION_LOST -> "the broker lost the session";
                case CONNECTION_LOST -> "the connection broke before it was written";
                case BROKER_DISCONNECTS -> "the broker ended the connection each time it was sent";
                case CANCELLED -> "it was cancelled before it was sent";
            };
        }
        return Failures.text(cause);
    }

    long total() {
        return total.sum();
    }

    /** The first one that has a cause, or null. */
    @Nullable
    Throwable first() {
        return first.get();
    }

    Map<String, Long> counts() {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((text, count) -> copy.put(text, count.sum()));
        return copy;
    }
}
