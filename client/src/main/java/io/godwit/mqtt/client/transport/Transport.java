package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.Carrier;
import io.godwit.mqtt.client.net.TransportOptions;

/**
 * Opens connections along a {@link TransportOptions}. One transport serves many clients: it owns the event loops, and nothing per
 * client that could be shared. There are two: {@link NettyTransport} with real sockets, and the simulation's.
 */
public interface Transport extends Carrier, AutoCloseable {

    /**
     * What a user of the API has given.
     *
     * @throws IllegalArgumentException when it is none of Godwit's
     */
    static Transport of(Carrier carrier) {
        if (carrier instanceof Transport transport) {
            return transport;
        }
        throw new IllegalArgumentException(
                carrier.getClass().getName() + " is none of Godwit's own carriers, and others cannot be written yet");
    }

    /**
     * Hands out one of the transport's loops, in turn. A client takes one and keeps it for life; a loop serves many
     * clients. Any thread.
     */
    EventLoop nextLoop();

    /**
     * Starts to walk the road. Never blocks, any thread. Ends in exactly one of
     * {@link ConnectionListener#connected} and {@link ConnectionListener#failed}, both on {@code loop} in a later turn
     * of it; after {@link Attempt#cancel()} in neither.
     *
     * @param loop a loop of this transport
     */
    Attempt open(EventLoop loop, TransportOptions road, ConnectionListener listener);

    /** Closes the loops and every connection on them. Without effect on a shared transport. */
    @Override
    void close();
}
