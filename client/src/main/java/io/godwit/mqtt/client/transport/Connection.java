package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.ServerAddress;
import io.netty.buffer.ByteBuf;

/** An open connection to a server, whatever is in between: TLS, WebSocket, a proxy. */
public interface Connection {

    /**
     * Writes the bytes and flushes them, in the order of the calls. Takes ownership of the buffer, also if the connection is
     * closed already; then the bytes are dropped. If writing fails the connection is closed and the listener notified. The bytes
     * are never modified, so a slice of shared memory may be passed. Loop only.
     */
    void write(ByteBuf bytes);

    /**
     * The same, but if {@code more} follows at once the flush may wait for it, so that one system call writes everything. Loop
     * only.
     */
    default void write(ByteBuf bytes, boolean more) {
        write(bytes);
    }

    /** Whether less than the high-water mark is waiting for the socket: 256 KiB, 1 MiB on a fast link. Loop only. */
    boolean isWritable();

    /** Whether the link has proved fast, so that what is written last doesn't wait long although much is before it. Loop only. */
    default boolean isFast() {
        return false;
    }

    /** Whether written bytes are waiting for the socket. Loop only. */
    default boolean hasUnwritten() {
        return !isWritable();
    }

    /**
     * A number that changes whenever bytes that wait for the socket are written; -1 while none wait. Loop only.
     */
    default long writeProgress() {
        return -1;
    }

    /**
     * Stops or resumes reading from the socket (back-pressure). What has been read already may still be delivered after
     * {@code false}. Loop only.
     */
    void setReading(boolean reading);

    /**
     * Closes the connection. Any thread, any number of times; {@link ConnectionListener#closed} follows, with a cause if
     * {@code flush} was requested and not everything could be sent.
     *
     * @param flush {@code true}: sends what was written before, then closes the sending side and gives the peer a moment to do
     *     the same (both bounded), so that the last packet is not lost to a reset. {@code false}: at once, with a reset
     */
    void close(boolean flush);

    /**
     * Like {@code close(true)}, for an owner who knows that the peer is sending nothing: no unread bytes can cause a reset, so
     * there is no need to wait for the peer. With TLS and WebSocket, whose own packets may arrive at any time, it is
     * {@code close(true)}. Loop only.
     */
    default void closeUnanswered() {
        close(true);
    }

    /** Server, remote address and TLS version, for log and error messages. Any thread. */
    String describe();

    /** Which of the configured server addresses answered. Any thread. */
    ServerAddress address();
}
