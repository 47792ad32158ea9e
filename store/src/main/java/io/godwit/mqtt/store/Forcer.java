package io.godwit.mqtt.store;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who writes and forces the logs of a store: one daemon thread that lives while a log is open, or the executor that the
 * store was given. While one log is forced, notes gather in it and in the others: that is the group commit.
 */
final class Forcer {
    /** The thread may be in a listener that waits for whoever closes the log: then it ends after it. */
    private static final long TO_END_MILLIS = 1_000;

    private final @Nullable Executor executor;
    private final long everyNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<SegmentedLog> queue = new ArrayDeque<>();
    private final Set<SegmentedLog> open = new LinkedHashSet<>();
    private @Nullable Thread thread;

    /** @param everyNanos how often written logs are forced; 0: each is forced when it is written */
    Forcer(@Nullable Executor executor, long everyNanos) {
        this.executor = executor;
        this.everyNanos = everyNanos;
    }

    void opened(SegmentedLog log) {
        lock.lock();
        try {
            open.add(log);
            if (executor == null && thread == null) {
                Thread starting = new Thread(this::run, "godwit-store");
                starting.setDaemon(true);
                thread = starting;
                starting.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** When it was the last one, the thread has ended on return, or ends as soon as its listener returns. */
    void closed(SegmentedLog log) {
        Thread ending = null;
        lock.lock();
        try {
            open.remove(log);
            queue.remove(log);
            if (open.isEmpty()) {
                ending = thread;
                thread = null;
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        if (ending != null && ending != Thread.currentThread()) {
            try {
                ending.join(TO_END_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Soon calls {@link SegmentedLog#flush}; never blocks on the disk. */
    void request(SegmentedLog log) {
        if (executor != null) {
            executor.execute(log::flush);
            return;
        }
        lock.lock();
        try {
            queue.add(log);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long due = System.nanoTime() + everyNanos;
        while (true) {
            SegmentedLog next;
            List<SegmentedLog> toForce = List.of();
            lock.lock();
            try {
                while (queue.isEmpty() && thread == Thread.currentThread() && !isDue(due)) {
                    if (everyNanos == 0) {
                        work.await();
                    } else if (work.awaitNanos(due - System.nanoTime()) <= 0) {
                        break;
                    }
                }
                if (thread != Thread.currentThread()) {
                    return;
                }
                if (isDue(due)) {
                    toForce = List.copyOf(open);
                    due = System.nanoTime() + everyNanos;
                }
                next = queue.poll();
            } catch (InterruptedException ignored) {
                // Nobody has a reason to interrupt this thread; its work goes on.
                continue;
            } finally {
                lock.unlock();
            }
            if (next != null) {
                next.flush();
            }
            toForce.forEach(SegmentedLog::forceWritten);
        }
    }

    private boolean isDue(long due) {
        return everyNanos != 0 && due - System.nanoTime() <= 0;
    }
}
