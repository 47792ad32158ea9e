package io.godwit.mqtt.client.transport.netty;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * The kinds of sockets and how they are configured. Epoll if its native library loads, because it needs less memory per channel
 * and fewer system calls; otherwise NIO. Both support unix domain sockets.
 */
enum Sockets {
    EPOLL {
        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Channel newTcp() {
            EpollSocketChannel channel = new EpollSocketChannel();
            limitUnsent(channel, true);
            return channel;
        }

        @Override
        void limitUnsent(Channel channel, boolean limited) {
            if (channel instanceof EpollSocketChannel tcp && tcp.isOpen()) {
                tcp.config().setTcpNotSentLowAt(limited ? MOST_NOT_SENT : UNLIMITED);
            }
        }

        @Override
        Channel newUnix() {
            return new EpollDomainSocketChannel();
        }

        @Override
        SocketAddress unixAddress(String path) {
            return new DomainSocketAddress(path);
        }
    },
    NIO {
        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Channel newTcp() {
            return new NioSocketChannel();
        }

        @Override
        Channel newUnix() {
            return new NioDomainSocketChannel();
        }

        @Override
        SocketAddress unixAddress(String path) {
            return UnixDomainSocketAddress.of(Path.of(path));
        }
    };

    /** Bytes of a thin link that the kernel holds before they go to the network. */
    private static final long MOST_NOT_SENT = 128 << 10;

    private static final long UNLIMITED = 0xffff_ffffL;

    /** Bytes waiting for the socket above which a connection is not writable, and below which it is again. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    /**
     * Reads into buffers of 2 KiB to 256 KiB, as large as the last bursts were. An idle connection holds none. Four reads per
     * turn, so that a busy connection yields the loop after 1 MiB.
     */
    private static final RecvByteBufAllocator RECEIVE =
            new AdaptiveRecvByteBufAllocator(2 << 10, 2 << 10, 256 << 10).maxMessagesPerRead(4);

    /** The best kind on this machine. */
    static Sockets best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    abstract IoHandlerFactory ioHandlers();

    abstract Channel newTcp();

    abstract Channel newUnix();

    abstract SocketAddress unixAddress(String path);

    /**
     * Says whether the kernel, where it can, holds little that has not gone to the network. Without a limit it takes
     * megabytes at once, and nothing shows that a thin link is still sending them; with one, a fast link is written to in
     * small pieces, which costs a seventh of its throughput at QoS 0.
     */
    void limitUnsent(Channel channel, boolean limited) {}

    /** A new channel for the address, configured, not registered yet. */
    Channel newChannel(SocketAddress address) {
        boolean unix = address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
        Channel channel = unix ? newUnix() : newTcp();
        ChannelConfig config = channel.config();
        config.setWriteBufferWaterMark(WATER_MARK);
        config.setAllocator(Buffers.INSTANCE);
        config.setRecvByteBufAllocator(RECEIVE);
        config.setConnectTimeoutMillis(0); // the candidate has its own timer
        if (!unix) {
            config.setOption(ChannelOption.TCP_NODELAY, true);
        }
        return channel;
    }
}
