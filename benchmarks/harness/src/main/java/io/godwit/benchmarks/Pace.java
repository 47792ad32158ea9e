package io.godwit.benchmarks;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Messages at a fixed rate, each of which carries the time at which it was due. Its latency counts from then, not from when
 * the library took it: one that blocks the publisher pays for that with each message that was due meanwhile (no coordinated
 * omission).
 */
public final class Pace implements Traffic {

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int DIGITS = 3;

    /** A sleeping thread is woken about this much too late, so the rest of the time is spun. */
    private static final long SPIN_NANOS = 150_000;

    // Set once.
    private final int payload;
    private final long interval;
    private final Histogram histogram = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);

    // The publishing thread only.
    private long due;
    private boolean begun;

    // Any thread.
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();
    private volatile long recordFrom = Long.MAX_VALUE;
    private volatile long recordUntil = Long.MAX_VALUE;
    private volatile boolean stopped;

    /** @param payload bytes of each message, at least eight */
    public Pace(int payload, int perSecond) {
        this.payload = payload;
        this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Waits until the next message is due. */
    @Override
    public byte @Nullable [] next() {
        if (!begun) {
            begun = true;
            due = System.nanoTime();
        }
        due += interval;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
        if (stopped) {
            return null;
        }
        if (isRecorded(due)) {
            sent.incrementAndGet();
        }
        return ByteBuffer.allocate(payload).putLong(due).array();
    }

    @Override
    public void arrived(long wasDue) {
        if (isRecorded(wasDue)) {
            histogram.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - wasDue));
            arrived.incrementAndGet();
        }
    }

    private boolean isRecorded(long time) {
        return time >= recordFrom && time < recordUntil;
    }

    /** Messages that are due from now on are recorded. */
    public void record() {
        recordFrom = System.nanoTime();
    }

    /** Messages that are due from now on are not recorded. */
    public void endRecord() {
        recordUntil = System.nanoTime();
    }

    public void stop() {
        stopped = true;
    }

    /** How many of the recorded messages were given to the publishing thread. */
    public long sent() {
        return sent.get();
    }

    /** How many of them have arrived. */
    public long arrived() {
        return arrived.get();
    }

    /** Nanoseconds from when a message was due to its handler, of those that have arrived. */
    public long quantile(double quantile) {
        return histogram.getValueAtPercentile(100 * quantile);
    }
}
