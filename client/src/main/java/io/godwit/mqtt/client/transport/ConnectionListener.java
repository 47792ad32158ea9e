package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.TransportException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What the owner of a connection hears. All calls come on the loop, one at a time, and must not block or throw. */
public interface ConnectionListener {

    /** A point of the road has been passed, before {@link #connected} or {@link #failed}. */
    default void passed(ConnectProgress waypoint) {}

    /** The road is open to its end; bytes may be written from inside this call on. */
    void connected(Connection connection);

    /** No server of the road could be reached. The last call of this attempt. */
    void failed(TransportException failure);

    /**
     * Bytes arrived, as they were meant for the upper protocol: WebSocket frames are unpacked, TLS is decrypted.
     *
     * @param bytes borrowed for the call only; retain what is to stay
     */
    void received(ByteBuf bytes);

    /** A burst of {@link #received} calls has ended: the time to answer all of it with one write. */
    void readComplete();

    /** {@link Connection#isWritable()} has changed. */
    void writabilityChanged();

    /**
     * The connection has ended. Exactly once after {@link #connected}, unless the attempt was cancelled.
     *
     * @param cause {@code null} when the peer or this side ended it in order
     */
    void closed(@Nullable Throwable cause);
}
