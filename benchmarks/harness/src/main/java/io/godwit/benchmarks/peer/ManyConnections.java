package io.godwit.benchmarks.peer;

import io.godwit.benchmarks.peer.Counters.Counter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Thousands of connections on one thread: each gets a CONNACK for its CONNECT, a PINGRESP for its PINGREQ, and is
 * closed at its DISCONNECT, in order, as brokers do: a reset would overtake clients that end their own side after
 * DISCONNECT, and fail their disconnect.
 */
final class ManyConnections {

    private static final int LONGEST_PACKET = 4096;

    private final Counters counters;
    private final int backlog;
    private final ByteBuffer in = ByteBuffer.allocateDirect(LONGEST_PACKET);
    private final ByteBuffer out = ByteBuffer.allocateDirect(16);

    ManyConnections(Counters counters, int backlog) {
        this.counters = counters;
        this.backlog = backlog;
    }

    /** Listens, and returns the port. */
    int start() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(0), backlog);
        server.configureBlocking(false);
        Selector selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(() -> serve(selector, server), "many");
        thread.setDaemon(true);
        thread.start();
        return server.socket().getLocalPort();
    }

    private void serve(Selector selector, ServerSocketChannel server) {
        while (true) {
            try {
                selector.select(key -> {
                    if (key.isAcceptable()) {
                        accept(selector, server);
                    } else {
                        read(key);
                    }
                });
            } catch (IOException e) {
                e.printStackTrace();
                return;
            }
        }
    }

    private static void accept(Selector selector, ServerSocketChannel server) {
        try {
            SocketChannel channel;
            while ((channel = server.accept()) != null) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            e.printStackTrace();
        }
    }

    private void read(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        boolean open = false;
        try {
            in.clear();
            if (channel.read(in) > 0) {
                in.flip();
                open = answer(channel);
            }
        } catch (IOException e) {
            // reset by the contender: the same as closed
        }
        if (!open) {
            close(key, channel);
        }
    }

    /** Packets here are few and short, so each comes whole in one read. Returns false after DISCONNECT. */
    private boolean answer(SocketChannel channel) throws IOException {
        while (in.remaining() >= 2) {
            int type = in.get(in.position()) >>> 4 & 15;
            int first = in.get(in.position() + 1);
            int header = first < 0 ? 3 : 2;
            int length = first < 0 ? (first & 127) | in.get(in.position() + 2) << 7 : first;
            out.clear();
            switch (type) {
                case Wire.CONNECT -> {
                    Answers.putConnack(out, Answers.isMqtt5(in, in.position() + header));
                    counters.add(Counter.CONNECTIONS, 1);
                }
                case Wire.PINGREQ -> out.putShort((short) (Wire.PINGRESP << 12));
                case Wire.DISCONNECT -> {
                    return false;
                }
                default -> throw new ProtocolViolation("a packet of type " + type + " came on the port for many");
            }
            in.position(in.position() + header + length);
            channel.write(out.flip());
        }
        return true;
    }

    private static void close(SelectionKey key, SocketChannel channel) {
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            // gone either way
        }
    }
}
