package io.godwit.nodemcu.lua.device;

import java.time.Instant;

/** The time that devices live in, and the threads they run on. Shared by all devices of a host; any thread may call. */
public interface DeviceClock extends AutoCloseable {

    /** Nanoseconds of device time from an arbitrary origin. */
    long nanoTime();

    /** The date, as {@code sntp} would fetch it. */
    Instant date();

    /** Runs the task on one of the clock's threads, soon. */
    void execute(Runnable task);

    /**
     * Runs the task on one of the clock's threads once {@code delayNanos} of device time have passed.
     *
     * @return stops the task if it has not begun
     */
    Alarm schedule(Runnable task, long delayNanos);

    /** Adds a thread because one is stuck. Does nothing where the caller's thread runs all. */
    default void addThread() {}

    /** Removes the thread that {@link #addThread} added: the stuck one is back. */
    default void removeThread() {}

    /** Ends the threads; tasks that have not begun are dropped. */
    @Override
    void close();

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Alarm {
        void cancel();
    }
}
