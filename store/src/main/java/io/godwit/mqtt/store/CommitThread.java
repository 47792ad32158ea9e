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
 * Writes and forces the logs of a store: one daemon thread that lives while a log is open, or the executor that the store
 * was given. While one log is being forced, records gather in it and in the others, and are then written together.
 * Thread-safe.
 */
final class CommitThread {
    /** A callback may be waiting for the thread that closes the log: then this thread ends after the callback. */
    private static final long JOIN_MILLIS = 1_000;

    /** A log, as far as this thread is concerned. */
    interface Task {
        /** Writes what waits. */
        void flush();

        /** Forces what was written. */
        void forceWritten();
    }

    // Set once.
    private final @Nullable Executor executor;
    private final long everyNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();

    // Guarded by the lock.
    private final ArrayDeque<Task> queue = new ArrayDeque<>();
    private final Set<Task> open = new LinkedHashSet<>();
    private @Nullable Thread thread;

    /** @param everyNanos how often written logs are forced; 0 if each write is forced */
    CommitThread(@Nullable Executor executor, long everyNanos) {
        this.executor = executor;
        this.everyNanos = everyNanos;
    }

    void add(Task log) {
        lock.lock();
        try {
            open.add(log);
            if (executor == null && thread == null) {
                // keeps nothing of the application whose call started it
                Thread starting = new Thread(null, this::run, "godwit-store", 0, false);
                starting.setContextClassLoader(CommitThread.class.getClassLoader());
                starting.setDaemon(true);
                thread = starting;
                starting.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** If it was the last log, the thread has ended on return, or ends as soon as its current callback returns. */
    void remove(Task log) {
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
                ending.join(JOIN_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Makes the thread call {@link Task#flush} soon. Never blocks on the disk. */
    void request(Task log) {
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
            Task next;
            List<Task> toForce = List.of();
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
                // Nothing interrupts this thread on purpose: carry on.
                continue;
            } finally {
                lock.unlock();
            }
            if (next != null) {
                next.flush();
            }
            toForce.forEach(Task::forceWritten);
        }
    }

    private boolean isDue(long due) {
        return everyNanos != 0 && due - System.nanoTime() <= 0;
    }
}
