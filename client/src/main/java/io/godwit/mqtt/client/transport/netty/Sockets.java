package io.godwit.mqtt.client.transport.netty;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * The kinds of sockets and how they are configured. Epoll if its native library loads, because it needs less memory per channel
 * and fewer system calls; otherwise NIO. Both support unix domain sockets.
 */
enum Sockets {
    EPOLL {
        @Override
        EventLoopGroup newGroup(Executor executor, Queue<Runnable> tasks, boolean busy) {
            return EpollSockets.newGroup(executor, tasks, busy);
        }

        @Override
        boolean canPollBusily() {
            return true;
        }

        @Override
        Channel newTcp() {
            return EpollSockets.newTcp();
        }

        @Override
        void limitUnsent(Channel channel, boolean limited) {
            EpollSockets.limitUnsent(channel, limited);
        }

        @Override
        void choosePortLate(Channel channel) {
            EpollSockets.choosePortLate(channel);
        }

        @Override
        void closeSocket(Channel channel) {
            EpollSockets.closeSocket(channel);
        }

        @Override
        Channel newUnix() {
            return EpollSockets.newUnix();
        }

        @Override
        SocketAddress unixAddress(String path) {
            return EpollSockets.unixAddress(path);
        }

        @Override
        boolean isUnix(SocketAddress address) {
            return EpollSockets.isUnix(address);
        }
    },
    NIO {
        @Override
        @SuppressWarnings("deprecation") // in 4.2 only; Netty 4.1 has nothing else
        EventLoopGroup newGroup(Executor executor, Queue<Runnable> tasks, boolean busy) {
            return new NioEventLoopGroup(
                    1,
                    executor,
                    DefaultEventExecutorChooserFactory.INSTANCE,
                    SelectorProvider.provider(),
                    DefaultSelectStrategyFactory.INSTANCE,
                    RejectedExecutionHandlers.reject(),
                    mostPending -> tasks);
        }

        @Override
        void closeSocket(Channel channel) {
            try {
                ((AbstractNioChannel.NioUnsafe) channel.unsafe()).ch().close();
            } catch (IOException failure) {
                return; // the system has closed it nevertheless
            }
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

        @Override
        boolean isUnix(SocketAddress address) {
            return address instanceof UnixDomainSocketAddress;
        }
    };

    /** Bytes waiting for the socket above which a connection is not writable, and below which it is again. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    /** The same for a link that has proved fast: the more is written at once, the fewer switches between threads it takes. */
    private static final WriteBufferWaterMark FAST_WATER_MARK = new WriteBufferWaterMark(512 << 10, 1 << 20);

    /**
     * Reads into buffers of 2 KiB to 256 KiB, as large as the last bursts were. An idle connection holds none. Four reads per
     * turn, so that a busy connection yields the loop after 1 MiB.
     */
    private static final RecvByteBufAllocator RECEIVE =
            new AdaptiveRecvByteBufAllocator(2 << 10, 2 << 10, 256 << 10).maxMessagesPerRead(4);

    /** The best kind on this machine. An application may leave out the jars of epoll. */
    static Sockets best() {
        try {
            return EpollSockets.isAvailable() ? EPOLL : NIO;
        } catch (NoClassDefFoundError absent) {
            return NIO;
        }
    }

    /**
     * A group of one event loop. Only what Netty 4.1 and 4.2 both have.
     *
     * @param executor starts the thread
     * @param tasks the queue of the loop
     * @param busy whether the loop never sleeps, of which only kinds that {@link #canPollBusily} take notice
     */
    abstract EventLoopGroup newGroup(Executor executor, Queue<Runnable> tasks, boolean busy);

    /** Whether an event loop can go without sleep; Netty's NIO cannot. */
    boolean canPollBusily() {
        return false;
    }

    /** Closes the socket alone, since the loop of its channel has failed. */
    abstract void closeSocket(Channel channel);

    abstract Channel newTcp();

    abstract Channel newUnix();

    abstract SocketAddress unixAddress(String path);

    abstract boolean isUnix(SocketAddress address);

    /**
     * Says whether the kernel, where it can, holds little that has not gone to the network. Without a limit it takes
     * megabytes at once, and nothing shows that a thin link is still sending them; with one, a fast link is written to in
     * small pieces, which costs a seventh of its throughput at QoS 0.
     */
    void limitUnsent(Channel channel, boolean limited) {}

    /** Lets as much wait for the socket, here and in the kernel, as is right for a link of that speed. */
    void setFast(Channel channel, boolean fast) {
        limitUnsent(channel, !fast);
        channel.config().setWriteBufferWaterMark(fast ? FAST_WATER_MARK : WATER_MARK);
    }

    /**
     * Lets the kernel, where it can, choose the port of a local address when the TCP channel connects, and not when it is bound: it
     * then uses a port again for another broker. Else all connections from one address share its 28,000 ports.
     */
    void choosePortLate(Channel channel) {}

    /** A new channel for the address, configured, not registered yet. */
    Channel newChannel(SocketAddress address) {
        boolean unix = isUnix(address);
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
