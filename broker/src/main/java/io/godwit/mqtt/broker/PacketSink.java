package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Packet;

/**
 * Takes the broker's packets for one client. The broker calls it from inside the {@link BrokerCore} method that caused
 * the packet, so an implementation must not call back into the broker from here.
 */
public interface PacketSink {
    /** Sends a packet, after those that were sent before. */
    void send(Packet packet);

    /** The broker ends the connection, once what was sent has left. Called at most once; nothing is sent after it. */
    void close();

    /** False while the way is congested: the broker then keeps messages back until {@link BrokerCore#writable}. */
    default boolean isWritable() {
        return true;
    }
}
