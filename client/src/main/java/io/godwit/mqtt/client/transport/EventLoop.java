package io.godwit.mqtt.client.transport;

/**
 * One thread that runs all that is given to it, in order, and the clock that goes with it. Nothing that runs here may
 * wait: many clients share a loop.
 */
public interface EventLoop {

    /** The clock of this loop in nanoseconds, from an arbitrary origin: compare differences only. Any thread. */
    long nanoTime();

    /** Whether the calling thread is the loop's. */
    boolean inLoop();

    /** Runs the task on the loop, after all that was given before. Any thread. */
    void execute(Runnable task);

    /**
     * Runs the task on the loop once the delay has passed. Any thread.
     *
     * @param delayNanos nanoseconds from now; zero or less means as soon as possible
     */
    Cancellable schedule(Runnable task, long delayNanos);
}
