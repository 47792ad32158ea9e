package io.godwit.compatibility;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;

/** Which Netty this JVM runs with. */
public final class NettyInUse {
    private NettyInUse() {}

    /** Such as 4.1. */
    public static String line() {
        String version = Channel.class.getPackage().getImplementationVersion();
        return version.substring(0, version.indexOf('.', 2));
    }

    public static boolean hasEpoll() {
        return Epoll.isAvailable();
    }
}
