package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.TransportException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Is notified of what happens to an attempt and its connection. All calls come on the loop, one at a time, and must not block. */
public interface ConnectionListener {

    /** A phase is complete; before {@link #connected} or {@link #failed}. */
    default void progress(ConnectProgress progress) {}

    /** Something that only a log at DEBUG shows: an attempt that something else replaces, or an unexpected failure that {@link #failed} reports too. */
    default void detail(String text, Throwable failure) {}

    /** The connection is open; bytes may be written from now on, also within this call. */
    void connected(Connection connection);

    /** No server could be reached. The last call of this attempt. */
    void failed(TransportException failure);

    /**
     * Bytes of the upper protocol have arrived: TLS is decrypted, WebSocket frames are unpacked.
     *
     * @param bytes valid during the call only, unless retained
     */
    void received(ByteBuf bytes);

    /** A burst of {@link #received} calls has ended: all of it can be answered with one write. */
    void readComplete();

    /** {@link Connection#isWritable()} has changed. */
    void writabilityChanged();

    /**
     * The connection has ended. Exactly once after {@link #connected}, unless the attempt was cancelled.
     *
     * @param cause {@code null} if the peer or this side closed it regularly
     */
    void closed(@Nullable Throwable cause);
}
