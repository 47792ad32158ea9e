package io.godwit.nodemcu.lua.device;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test advances it. Everything runs on the thread that advances, in the order of due
 * time and then of scheduling, so the same script with the same seed does the same every time.
 */
public final class VirtualClock implements DeviceClock {

    /** How many tasks may run at the same moment before time passes with each. */
    private static final int AT_ONCE = 10_000;

    private static final long STEP_NANOS = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    // Guarded by the lock.
    private int atOnce;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long now;
    private long sequence;
    private boolean closed;

    // Set once.
    private final Instant start;

    public VirtualClock(Instant start) {
        this.start = start;
    }

    /** Starts at midnight UTC of 1 January 2026, so that dates in transcripts repeat. */
    public VirtualClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    private record Task(long due, long sequence, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(sequence);
        }
    }

    @Override
    public long nanoTime() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant date() {
        return start.plusNanos(nanoTime());
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, 0);
    }

    @Override
    public Alarm schedule(Runnable task, long delayNanos) {
        lock.lock();
        try {
            if (closed) {
                return () -> {};
            }
            Task entry = new Task(now + Math.max(0, delayNanos), sequence++, task);
            tasks.add(entry);
            arrived.signalAll();
            return () -> remove(entry);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Task entry) {
        lock.lock();
        try {
            tasks.remove(entry);
        } finally {
            lock.unlock();
        }
    }

    /** Lets time pass, running all that falls due on the way. */
    public void advance(Duration duration) {
        long end = nanoTime() + duration.toNanos();
        while (true) {
            Runnable work = next(end);
            if (work == null) {
                return;
            }
            work.run();
        }
    }

    /** Runs what is due now without letting time pass. */
    public void settle() {
        advance(Duration.ZERO);
    }

    /**
     * Advances from event to event until the condition holds.
     *
     * @param limit the device time after which to give up
     * @return whether the condition came to hold
     */
    public boolean advanceUntil(BooleanSupplier condition, Duration limit) {
        long end = nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            Runnable work = next(end);
            if (work == null) {
                return condition.getAsBoolean();
            }
            work.run();
        }
        return true;
    }

    /**
     * Runs what other threads hand in, without letting time pass, until the condition holds: for when a part of the
     * test, such as a real socket, does not live in this clock.
     *
     * @return whether the condition came to hold within the real time limit
     */
    public boolean await(BooleanSupplier condition, Duration realLimit) {
        long deadline = System.nanoTime() + realLimit.toNanos();
        while (!condition.getAsBoolean()) {
            Runnable work = next(nanoTime());
            if (work != null) {
                work.run();
                continue;
            }
            lock.lock();
            try {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return condition.getAsBoolean();
                }
                // The condition may come true without a task: look again every few milliseconds.
                arrived.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(5)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                lock.unlock();
            }
        }
        return true;
    }

    private @Nullable Runnable next(long end) {
        lock.lock();
        try {
            Task first = tasks.peek();
            if (first == null || first.due() > end) {
                now = Math.max(now, end);
                return null;
            }
            tasks.poll();
            if (first.due() > now) {
                now = first.due();
                atOnce = 0;
            } else if (++atOnce > AT_ONCE) {
                // A task that always posts another would otherwise keep time from ever passing.
                now = Math.min(end, now + STEP_NANOS);
            }
            return first.work();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            tasks.clear();
        } finally {
            lock.unlock();
        }
    }
}
