package io.godwit.mqtt.client.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

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
    static EventLoopGroup newGroup(int threads, ThreadFactory factory) {
        return new EpollEventLoopGroup(threads, factory);
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
