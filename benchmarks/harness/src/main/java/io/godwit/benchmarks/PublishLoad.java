package io.godwit.benchmarks;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one publishing thread shall send, and the window that bounds what it has in flight. It is the same for all
 * libraries and costs a few nanoseconds a message; a thread that has filled the window sleeps until half of it is
 * free, so that a wake-up is paid once for hundreds of messages.
 */
public final class PublishLoad {

    private static final long NOBODY_WAITS = Long.MAX_VALUE;

    // Set once.
    private final String topic;
    private final byte[] payload;
    private final int qos;
    private final int window;

    // the publishing thread only
    private long started;
    private long knownCompleted;
    private @Nullable Thread publisher;

    // any thread
    private final AtomicLong completed = new AtomicLong();
    private volatile long wakeAt = NOBODY_WAITS;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    public PublishLoad(String topic, byte[] payload, int qos, int window) {
        this.topic = topic;
        this.payload = payload;
        this.qos = qos;
        this.window = window;
    }

    public String topic() {
        return topic;
    }

    /** The payload of every message; not copied, not to be changed. */
    public byte[] payload() {
        return payload;
    }

    public int qos() {
        return qos;
    }

    public int window() {
        return window;
    }

    /** Waits until one more may be in flight. Called by the publishing thread; false when it shall end. */
    public boolean acquire() {
        if (started - knownCompleted >= window) {
            knownCompleted = completed.get();
            if (started - knownCompleted >= window) {
                awaitHalfTheWindow();
            }
        }
        started++;
        return !stopped;
    }

    private void awaitHalfTheWindow() {
        publisher = Thread.currentThread();
        long target = started - window / 2;
        wakeAt = target;
        while ((knownCompleted = completed.get()) < target && !stopped) {
            LockSupport.parkNanos(this, 100_000_000L);
        }
        wakeAt = NOBODY_WAITS;
    }

    /** One publish is done, as the library understands it. Any thread. */
    public void completed() {
        completed(1);
    }

    /** Several publishes are done. Any thread. */
    public void completed(int count) {
        long now = completed.addAndGet(count);
        if (now >= wakeAt) {
            wakeAt = NOBODY_WAITS;
            LockSupport.unpark(publisher);
        }
    }

    /** The library gave up on a publish: the run is void. Any thread. */
    public void failed(Throwable cause) {
        failure = cause;
        stop();
    }

    public boolean stopped() {
        return stopped;
    }

    public void stop() {
        stopped = true;
        LockSupport.unpark(publisher);
    }

    /** How many publishes have been done so far. */
    public long count() {
        return completed.get();
    }

    public @Nullable Throwable failure() {
        return failure;
    }
}
