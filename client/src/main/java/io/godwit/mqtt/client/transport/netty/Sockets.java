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
 * The kind of sockets that this machine offers, and how they are set. Epoll where its native library loads, since it
 * needs less memory for a channel and fewer system calls; NIO elsewhere. Both know unix domain sockets.
 */
enum Sockets {
    EPOLL {
        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Channel newTcp() {
            return new EpollSocketChannel();
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

    /** Bytes that may wait for the socket before a connection stops to be writable, and when it is so again. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    /**
     * Reads into buffers from 2 KiB to 256 KiB, as large as the last bursts were. An idle connection holds none. Four
     * reads a turn, so that one busy connection leaves the loop to its neighbours after 1 MiB.
     */
    private static final RecvByteBufAllocator RECEIVE =
            new AdaptiveRecvByteBufAllocator(2 << 10, 2 << 10, 256 << 10).maxMessagesPerRead(4);

    /** The best kind here. */
    static Sockets best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    abstract IoHandlerFactory ioHandlers();

    abstract Channel newTcp();

    abstract Channel newUnix();

    abstract SocketAddress unixAddress(String path);

    /** A new channel for the address, configured, not registered yet. */
    Channel newChannel(SocketAddress address) {
        boolean unix = address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
        Channel channel = unix ? newUnix() : newTcp();
        ChannelConfig config = channel.config();
        config.setWriteBufferWaterMark(WATER_MARK);
        config.setAllocator(Buffers.INSTANCE);
        config.setRecvByteBufAllocator(RECEIVE);
        config.setConnectTimeoutMillis(0); // the candidate has a timer of its own, which it lets go of
        if (!unix) {
            config.setOption(ChannelOption.TCP_NODELAY, true);
        }
        return channel;
    }
}
