package io.godwit.web;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The event loop of the server, one daemon thread, and the connections that it serves. */
final class ServerLoop implements AutoCloseable {
    private static final int SECONDS_TO_END = 2;

    // Set once.
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("godwit-web", true), NioIoHandler.newFactory());
    private final EventLoop loop = group.next();

    /** Event loop only: those that are not closed. */
    private final Set<Channel> connections = new HashSet<>();

    EventLoopGroup group() {
        return group;
    }

    /** Remembers a connection until it is closed. Event loop only. */
    void opened(Channel connection) {
        connections.add(connection);
        connection.closeFuture().addListener(closed -> connections.remove(connection));
    }

    /** Netty does so only if the loop is told to end while it waits for I/O, and not while it runs a task. Event loop only. */
    private void closeConnections() {
        for (Channel connection : List.copyOf(connections)) {
            connection.unsafe().close(connection.unsafe().voidPromise());
        }
    }

    /** Closes the connections and ends the thread; returns when that is done, after two seconds at the latest. */
    @Override
    public void close() {
        try {
            loop.execute(this::closeConnections);
        } catch (RejectedExecutionException closed) {
            // By an earlier call, which has closed the connections.
        }
        group.shutdownGracefully(0, SECONDS_TO_END, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
