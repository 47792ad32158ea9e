package io.godwit.mqtt.broker;

/**
 * The clock and the one thread of a broker that lives without sockets: a simulation's, or a virtual one. What is given
 * to it runs on one thread, in order, and never inside the call that gave it.
 */
public interface BrokerClock {
    /** Now, in nanoseconds from any origin; never goes back. */
    long nanoTime();

    /** Runs the task soon, after those that were given before. */
    void execute(Runnable task);

    /** Runs the task {@code delayNanos} from now; what it returns cancels that. */
    Runnable schedule(Runnable task, long delayNanos);
}
