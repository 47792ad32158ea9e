package io.godwit.nodemcu.lua.module;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the UDP sockets of all devices on one daemon thread. */
final class UdpReader {

    private static final Logger LOG = LoggerFactory.getLogger(UdpReader.class);

    /** What one {@code receive} callback gets at most. */
    private static final int LARGEST = 65_535;

    /** Takes a datagram, on the thread of the reader. */
    @FunctionalInterface
    interface Receiver {
        void received(InetSocketAddress from, byte[] data);
    }

    private record Registration(DatagramChannel channel, Receiver receiver) {}

    /** Made with the first UDP socket. */
    private static final class Shared {
        private static final UdpReader READER = start();
    }

    private final Selector selector;
    private final Queue<Registration> registrations = new ConcurrentLinkedQueue<>();

    private UdpReader(Selector selector) {
        this.selector = selector;
    }

    static UdpReader shared() {
        return Shared.READER;
    }

    private static UdpReader start() {
        try {
            UdpReader reader = new UdpReader(Selector.open());
            Thread thread = new Thread(reader::run, "godwit-udp");
            thread.setDaemon(true);
            thread.start();
            return reader;
        } catch (IOException e) {
            throw new IllegalStateException("cannot open a selector", e);
        }
    }

    /** Reads a channel until it is closed. Any thread. */
    void add(DatagramChannel channel, Receiver receiver) throws IOException {
        channel.configureBlocking(false);
        registrations.add(new Registration(channel, receiver));
        selector.wakeup();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
        while (selector.isOpen()) {
            try {
                selector.select(key -> read(key, buffer));
                register();
            } catch (IOException e) {
                LOG.warn("reading UDP sockets failed", e);
            }
        }
    }

    private void register() {
        for (Registration next = registrations.poll(); next != null; next = registrations.poll()) {
            try {
                next.channel().register(selector, SelectionKey.OP_READ, next.receiver());
            } catch (ClosedChannelException e) {
                LOG.debug("a UDP socket was closed before it was read", e);
            }
        }
    }

    private static void read(SelectionKey key, ByteBuffer buffer) {
        try {
            buffer.clear();
            if (((DatagramChannel) key.channel()).receive(buffer) instanceof InetSocketAddress from) {
                byte[] data = new byte[buffer.flip().remaining()];
                buffer.get(data);
                ((Receiver) key.attachment()).received(from, data);
            }
        } catch (IOException e) {
            key.cancel();
            LOG.debug("reading a UDP socket failed", e);
        }
    }
}
