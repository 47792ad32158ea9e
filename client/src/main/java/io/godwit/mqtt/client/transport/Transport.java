package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.TransportOptions;

/**
 * Opens connections along a {@link TransportOptions}. One transport serves many clients: it owns the event loops, and nothing per
 * client that could be shared. One uses sockets; others are virtual networks, or watch the packets of another transport.
 */
public interface Transport extends AutoCloseable {

    /**
     * Hands out one of the transport's loops, in turn. A client takes one and keeps it for life; a loop serves many
     * clients. Any thread.
     */
    EventLoop nextLoop();

    /**
     * Starts to connect to one of the servers. Never blocks, any thread. Ends in exactly one of
     * {@link ConnectionListener#connected} and {@link ConnectionListener#failed}, both on {@code loop} in a later turn
     * of it; after {@link Attempt#cancel()} in neither.
     *
     * @param loop a loop of this transport
     */
    Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener);

    /** Closes the loops and every connection on them. Without effect on a shared transport. */
    @Override
    void close();
}
