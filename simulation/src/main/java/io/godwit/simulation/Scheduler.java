package io.godwit.simulation;

import io.godwit.mqtt.broker.BrokerClock;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Time and the one thread of a run: tasks in the order of when they are due, and of when they were given among those of
 * one moment. Nothing happens between tasks, so a run is as fast as its tasks are, and the same each time.
 */
final class Scheduler implements BrokerClock {
    /** More tasks than this at one moment are an endless loop. */
    private static final int BUSY = 100_000;

    final SplittableRandom random;

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long now = 1_000_000_000L;
    private long given;
    private int sameMoment;

    Scheduler(SplittableRandom random) {
        this.random = random;
    }

    private static final class Task implements Comparable<Task> {
        final long at;
        final long order;
        final Runnable work;
        boolean cancelled;

        Task(long at, long order, Runnable work) {
            this.at = at;
            this.order = order;
            this.work = work;
        }

        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, 0);
    }

    @Override
    public Runnable schedule(Runnable work, long delayNanos) {
        Task task = new Task(now + Math.max(0, delayNanos), given++, work);
        tasks.add(task);
        return () -> {
            task.cancelled = true;
            tasks.remove(task);
        };
    }

    /**
     * Runs tasks until {@code time}, or until none is left.
     *
     * @throws IllegalStateException if tasks schedule each other without end and time stands still
     */
    void runUntil(long time) {
        for (Task next = tasks.peek(); next != null && next.at <= time; next = tasks.peek()) {
            tasks.remove();
            sameMoment = next.at == now ? sameMoment + 1 : 0;
            if (sameMoment > BUSY) {
                throw new IllegalStateException("time stands still: tasks schedule each other without end");
            }
            now = next.at;
            if (!next.cancelled) {
                next.work.run();
            }
        }
        now = Math.max(now, time);
    }

    /** A random number of nanoseconds, from 0 to {@code milliseconds}. */
    long within(long milliseconds) {
        return random.nextLong(milliseconds * 1_000_000L + 1);
    }

    /** True once in this many times, on average. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }
}
