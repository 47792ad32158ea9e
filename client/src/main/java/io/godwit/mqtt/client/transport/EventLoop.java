package io.godwit.mqtt.client.transport;

/**
 * A thread that runs tasks in order, and its clock. Tasks must not block: many clients share a loop.
 */
public interface EventLoop {

    /** The clock of this loop in nanoseconds, from an arbitrary origin: compare differences only. Any thread. */
    long nanoTime();

    /** Whether the calling thread is the loop's. */
    boolean inLoop();

    /** Runs the task on the loop, after all earlier ones. Any thread. */
    void execute(Runnable task);

    /**
     * Runs the task on the loop once the delay has passed. Any thread.
     *
     * @param delayNanos nanoseconds from now; zero or less means as soon as possible
     */
    Cancellable schedule(Runnable task, long delayNanos);

    /**
     * Has the task run on the loop whenever an {@link Error} has stopped the loop and it was started again. What the loop was doing
     * is half done then; all its connections and attempts have ended. If the task throws an {@link OutOfMemoryError} it is
     * run again, after a pause. Any thread.
     *
     * @return ends that
     */
    default Cancellable onRestart(Runnable task) {
        return () -> {};
    }
}
