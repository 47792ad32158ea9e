package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.TransportOptions;

/**
 * Opens connections. One transport serves many clients: it owns the event loops, and nothing per client that could be shared.
 */
public interface Transport extends AutoCloseable {

    /** One of the transport's loops, in turn. A client keeps its loop for life; a loop serves many clients. Any thread. */
    EventLoop nextLoop();

    /** A client uses the transport until the result is cancelled; a shared transport has threads only while one does. Any thread. */
    default Cancellable retain() {
        return () -> {};
    }

    /** Waits until the threads of a shared transport have ended, if its last client has just released it. Not on a loop. */
    default void awaitEnd(long nanos) {}

    /**
     * Checks that the transport can connect with these options on this class path. Any thread.
     *
     * @throws IllegalStateException if it lacks a library; the message says which, and what to put into the build
     */
    default void check(TransportOptions options) {}

    /**
     * Starts an attempt to connect. Never blocks, any thread. Ends in exactly one of {@link ConnectionListener#connected} and
     * {@link ConnectionListener#failed}, both in a later turn of {@code loop}; after {@link Attempt#cancel()} in neither.
     *
     * @param loop a loop of this transport
     */
    Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener);

    /**
     * Keeps the JVM running until the result is cancelled, although the threads of the transport are daemons. Does nothing where
     * the application drives the loops. Any thread.
     */
    default Cancellable holdJvm() {
        return () -> {};
    }

    /** Closes the loops and all their connections. A shared transport stays open. */
    @Override
    void close();
}
