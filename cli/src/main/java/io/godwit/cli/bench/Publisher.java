package io.godwit.cli.bench;

import io.godwit.cli.fleet.Template;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One publisher: numbers and stamps its messages, and knows which of them are in flight or have failed. */
final class Publisher {
    /** How long to send nothing after a failure, so that a lost connection does not become an endless loop. */
    private static final long REST_NANOS = 100_000_000;

    // Set once.
    private final int index;
    private final LoadTest bench;
    private final MqttClient client;
    private final String topic;
    private final long share;
    private final SplittableRandom random;
    private final Values values;

    // The sending thread only.
    private long next;

    // Any thread.
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile long failedAt;
    private volatile boolean hasFailed;
    private volatile boolean closing;
    private volatile @Nullable Runnable onRoom;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Ranges failed = new Ranges();
    private long unanswered;

    /** @param identity the row of its connection, or empty */
    Publisher(int index, LoadTest bench, MqttClient client, Map<String, String> identity) {
        this.index = index;
        this.bench = bench;
        this.client = client;
        this.topic = bench.plan().topics().topic(bench.plan().topic(), index);
        this.share = bench.plan().share(index);
        this.random = new SplittableRandom(index);
        this.values = new Values(identity);
    }

    // ---- the sending thread ----

    /** What is called, on any thread, when half of the room in flight is free again. */
    void onRoom(Runnable wake) {
        onRoom = wake;
    }

    /** Whether it has sent all that it shall. */
    boolean isDone() {
        return next >= share;
    }

    /** How many may be sent now without waiting for an answer. */
    int room() {
        if (hasFailed && System.nanoTime() - failedAt < REST_NANOS) {
            return 0;
        }
        return (int) Math.min(bench.plan().inFlight() - inFlight.get(), share - next);
    }

    /**
     * Sends the next message.
     *
     * @param due when it should go out; all times count from here
     * @param now the time
     */
    void send(long due, long now) {
        BenchPlan plan = bench.plan();
        long sequence = next++;
        Contents contents = plan.contents();
        byte[] payload;
        MqttProperties properties = plan.properties();
        if (contents == null) {
            payload = bench.payload(plan.sizes().next(random));
            PayloadHeader.write(payload, bench.id(), index, sequence, due);
        } else {
            payload = contents.payload(sequence, values);
            properties = numbered(properties, sequence, due);
        }
        boolean measured = bench.window().measures(due);
        Tally tally = bench.tallies().mine();
        tally.add(Tally.Count.SENT, 1);
        if (measured) {
            tally.add(Tally.Count.SENT_MEASURED, 1);
            Tally.record(tally.lag, now - due);
        }
        inFlight.incrementAndGet();
        client.publishAsync(new Message(topic, payload, plan.qos(), plan.retain(), properties))
                .whenComplete(new Answer(sequence, due, payload.length, measured));
    }

    private MqttProperties numbered(MqttProperties properties, long sequence, long due) {
        if (!bench.plan().numbersMessages()) {
            return properties;
        }
        byte[] header = new byte[PayloadHeader.LENGTH];
        PayloadHeader.write(header, bench.id(), index, sequence, due);
        MqttProperties.Builder all = MqttProperties.builder();
        properties.forEach((property, value) -> {
            if (property != Property.CORRELATION_DATA) {
                all.add(property, value);
            }
        });
        return all.add(Property.CORRELATION_DATA, header).build();
    }

    /** The values of a template for the next message. The sending thread only. */
    private final class Values implements Template.Values {
        private final Map<String, String> identity;
        private final Map<String, Double> walks = new HashMap<>();
        private final long started = System.nanoTime();

        Values(Map<String, String> identity) {
            this.identity = identity;
        }

        @Override
        public String get(String name) {
            String own = identity.get(name);
            if (own != null) {
                return own;
            }
            String common = Template.common(name);
            return switch (name) {
                case "id" -> client.clientId();
                case "index" -> String.valueOf(index + 1);
                case "counter" -> String.valueOf(next);
                case "topic" -> topic;
                default -> common == null ? "" : common;
            };
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public Map<String, Double> walks() {
            return walks;
        }

        @Override
        public long started() {
            return started;
        }
    }

    // ---- answers ----

    /** What becomes of one message. */
    private final class Answer implements BiConsumer<@Nullable PublishResult, @Nullable Throwable> {
        private final long sequence;
        private final long due;
        private final int bytes;
        private final boolean measured;

        Answer(long sequence, long due, int bytes, boolean measured) {
            this.sequence = sequence;
            this.due = due;
            this.bytes = bytes;
            this.measured = measured;
        }

        @Override
        public void accept(@Nullable PublishResult result, @Nullable Throwable failure) {
            Tally tally = bench.tallies().mine();
            if (failure != null) {
                failed(sequence, failure, tally);
            } else {
                tally.add(Tally.Count.ENDED, 1);
                if (measured) {
                    long now = System.nanoTime();
                    Tally.record(tally.acknowledgement, now - due);
                    tally.add(Tally.Count.ENDED_MEASURED, 1);
                    tally.add(Tally.Count.BYTES_OUT_MEASURED, bytes);
                    tally.set(Tally.Count.LAST_ENDED, now);
                }
            }
            int left = inFlight.decrementAndGet();
            Runnable wake = onRoom;
            if (wake != null && left <= bench.plan().inFlight() / 2) {
                wake.run();
            }
        }
    }

    private void failed(long sequence, Throwable failure, Tally tally) {
        lock.lock();
        try {
            failed.add(sequence);
            unanswered += closing ? 1 : 0;
        } finally {
            lock.unlock();
        }
        if (!closing) {
            tally.add(Tally.Count.FAILED, 1);
            bench.problems().add("not published", failure);
            failedAt = System.nanoTime();
            hasFailed = true;
        }
    }

    /** From now on a publish that fails is one that was never answered. */
    void closing() {
        closing = true;
    }

    // ---- when all is over ----

    int inFlight() {
        return inFlight.get();
    }

    int index() {
        return index;
    }

    /** How many it sent. */
    long sent() {
        return next;
    }

    /** Messages that the broker never answered. */
    long unanswered() {
        lock.lock();
        try {
            return unanswered;
        } finally {
            lock.unlock();
        }
    }

    /** How many of these messages are missing: what failed or was never answered is not expected. */
    long lost(SequenceCheck arrivals) {
        lock.lock();
        try {
            return arrivals.lost(next, failed);
        } finally {
            lock.unlock();
        }
    }

    /** How many messages the broker has accepted. */
    long accepted() {
        lock.lock();
        try {
            return next - failed.count();
        } finally {
            lock.unlock();
        }
    }
}
