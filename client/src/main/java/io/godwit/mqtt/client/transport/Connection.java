package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.ServerAddress;
import io.netty.buffer.ByteBuf;

/** An open way to a server that carries bytes in both directions, whatever lies between: TLS, WebSocket, a proxy. */
public interface Connection {

    /**
     * Writes the bytes and flushes them, in the order of the calls. Takes ownership of the buffer, also when the
     * connection is closed already; then the bytes are dropped. A failure to write ends the connection, which the
     * listener hears. The bytes are never altered, so a slice of shared memory may be given. Loop only.
     */
    void write(ByteBuf bytes);

    /**
     * The same, but when {@code more} follows at once the flush may wait for it, so that one system call takes all. Loop
     * only.
     */
    default void write(ByteBuf bytes, boolean more) {
        write(bytes);
    }

    /** Whether less than the high-water mark (256 KiB) waits for the socket. Loop only. */
    boolean isWritable();

    /** Whether bytes that were written wait for the socket. Loop only. */
    default boolean hasUnwritten() {
        return !isWritable();
    }

    /**
     * Stops or resumes reading from the socket (back-pressure). What has been read already may still be handed over
     * after {@code false}. Loop only.
     */
    void setReading(boolean reading);

    /**
     * Closes the connection. Any thread, any number of times; {@link ConnectionListener#closed} follows.
     *
     * @param flush {@code true}: what has been written before leaves first, then the sending side ends and the peer has
     *     a moment to do the same (both bounded), so that the last packet is not lost to a reset. {@code false}: at
     *     once, with a reset
     */
    void close(boolean flush);

    /**
     * Closes the connection as {@code close(true)}, for an owner who knows that nothing is on its way from the peer: so
     * nothing can be unread and reset the connection, and the peer's end need not be waited for. Where that cannot be
     * known, as with TLS and WebSocket, whose own packets may come at any time, it is {@code close(true)}. Loop only.
     */
    default void closeUnanswered() {
        close(true);
    }

    /** For people: the remote address, the TLS version, "WebSocket", the proxy. Any thread. */
    String describe();

    /** The server address of the road that answered. Any thread. */
    ServerAddress address();
}
