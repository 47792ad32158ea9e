package io.godwit.kafka.connect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The messages between the MQTT client and Kafka: those that wait for {@code poll}, and those whose records Kafka does not
 * have yet. All of them together are bounded in number and bytes; beyond that the client's handler waits, so that the
 * connection is not read. That holds for brokers without a Receive Maximum too, and for those that do not keep to it.
 */
final class ReceiveBuffer {
    // Set once.
    private final int maximumMessages;
    private final long maximumBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition freed = lock.newCondition();

    // Guarded by the lock.
    private final ArrayDeque<PendingMessage> waiting = new ArrayDeque<>();
    private long bytes;
    private int uncommitted;
    private boolean closed;

    ReceiveBuffer(int maximumMessages, long maximumBytes) {
        this.maximumMessages = maximumMessages;
        this.maximumBytes = maximumBytes;
    }

    /** Adds a message; waits while the buffer is full. One message of any size has room. False: the buffer is closed. */
    boolean add(PendingMessage message) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && isFullFor(message)) {
                freed.await();
            }
            if (closed) {
                return false;
            }
            waiting.add(message);
            bytes += message.bytes();
            uncommitted++;
            filled.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFullFor(PendingMessage message) {
        return uncommitted >= maximumMessages || uncommitted > 0 && bytes + message.bytes() > maximumBytes;
    }

    /** Takes what waits, at most so many; waits for the first. Empty after the time limit or once closed. */
    List<PendingMessage> take(int maximum, long milliseconds) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed && left > 0) {
                left = filled.awaitNanos(left);
            }
            List<PendingMessage> taken = new ArrayList<>(Math.min(maximum, waiting.size()));
            while (taken.size() < maximum && !waiting.isEmpty()) {
                taken.add(waiting.remove());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** A message that was taken is in Kafka, or will never be. */
    void done(long messageBytes) {
        lock.lock();
        try {
            bytes -= messageBytes;
            uncommitted--;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the threads that wait. What waits here is dropped: it is not acknowledged, so the broker sends it again. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            filled.signalAll();
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages have arrived and are not in Kafka. */
    int uncommitted() {
        lock.lock();
        try {
            return uncommitted;
        } finally {
            lock.unlock();
        }
    }

    /** How many of these wait for {@code poll}. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
