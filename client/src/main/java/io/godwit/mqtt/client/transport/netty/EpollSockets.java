package io.godwit.mqtt.client.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Everything that needs the jars of epoll, in a class of its own: an application that leaves them out never loads it. */
final class EpollSockets {

    /** Bytes of a thin link that the kernel holds before they go to the network. */
    private static final long MOST_NOT_SENT = 128 << 10;

    private static final long UNLIMITED = 0xffff_ffffL;

    private EpollSockets() {}

    static boolean isAvailable() {
        return Epoll.isAvailable();
    }

    @SuppressWarnings("deprecation") // in 4.2 only; Netty 4.1 has nothing else
    static EventLoopGroup newGroup(Executor executor, Queue<Runnable> tasks, boolean busy) {
        return new EpollEventLoopGroup(
                1,
                executor,
                DefaultEventExecutorChooserFactory.INSTANCE,
                busy ? () -> EpollSockets::neverSleep : DefaultSelectStrategyFactory.INSTANCE,
                RejectedExecutionHandlers.reject(),
                mostPending -> tasks);
    }

    /** Netty's own strategy, but with busy waiting instead of sleep. */
    private static int neverSleep(IntSupplier selectNow, boolean hasTasks) throws Exception {
        return hasTasks ? selectNow.get() : SelectStrategy.BUSY_WAIT;
    }

    static void closeSocket(Channel channel) {
        try {
            ((UnixChannel) channel).fd().close();
        } catch (IOException failure) {
            return; // the system has closed it nevertheless
        }
    }

    static Channel newTcp() {
        EpollSocketChannel channel = new EpollSocketChannel();
        limitUnsent(channel, true);
        return channel;
    }

    static void limitUnsent(Channel channel, boolean limited) {
        if (channel instanceof EpollSocketChannel tcp && tcp.isOpen()) {
            tcp.config().setTcpNotSentLowAt(limited ? MOST_NOT_SENT : UNLIMITED);
        }
    }

    /** From Linux 4.2 on. */
    static void choosePortLate(Channel channel) {
        try {
            ((EpollSocketChannel) channel).config().setIpBindAddressNoPort(true);
        } catch (ChannelException unknownToKernel) {
            return; // each port then serves one connection
        }
    }

    static Channel newUnix() {
        return new EpollDomainSocketChannel();
    }

    static SocketAddress unixAddress(String path) {
        return new DomainSocketAddress(path);
    }

    static boolean isUnix(SocketAddress address) {
        return address instanceof DomainSocketAddress;
    }
}
