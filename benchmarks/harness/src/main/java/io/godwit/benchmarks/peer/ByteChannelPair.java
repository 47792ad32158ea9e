package io.godwit.benchmarks.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Blocking reads and writes of buffers, over a channel (direct memory, no copy) or over the streams of a TLS socket. */
interface ByteChannelPair extends AutoCloseable {

    /** A buffer in memory that the channel can read and write without a copy. */
    ByteBuffer allocate(int capacity);

    /** Reads at least one byte; returns -1 at the end. */
    int read(ByteBuffer into) throws IOException;

    /** Writes all that remains: packets from the first byte to the last. */
    void write(ByteBuffer from) throws IOException;

    /** The packet as it is on the wire, to be written with {@link #writeReady}. */
    default byte[] ready(byte[] packet) {
        return packet;
    }

    /** Writes all that remains, which is any part of what {@link #ready} has given. */
    default void writeReady(ByteBuffer from) throws IOException {
        write(from);
    }

    @Override
    void close() throws IOException;

    static ByteChannelPair over(SocketChannel channel) {
        return new ByteChannelPair() {
            @Override
            public ByteBuffer allocate(int capacity) {
                return ByteBuffer.allocateDirect(capacity);
            }

            @Override
            public int read(ByteBuffer into) throws IOException {
                return channel.read(into);
            }

            @Override
            public void write(ByteBuffer from) throws IOException {
                while (from.hasRemaining()) {
                    channel.write(from);
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    static ByteChannelPair over(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        return new ByteChannelPair() {
            @Override
            public ByteBuffer allocate(int capacity) {
                return ByteBuffer.allocate(capacity);
            }

            @Override
            public int read(ByteBuffer into) throws IOException {
                int count = in.read(into.array(), into.position(), into.remaining());
                if (count > 0) {
                    into.position(into.position() + count);
                }
                return count;
            }

            @Override
            public void write(ByteBuffer from) throws IOException {
                out.write(from.array(), from.position(), from.remaining());
                from.position(from.limit());
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }
}
