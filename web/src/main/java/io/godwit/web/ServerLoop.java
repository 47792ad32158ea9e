package io.godwit.web;

import io.netty.channel.Channel;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The event loop of the server, one daemon thread, and the connections that it serves. */
final class ServerLoop implements AutoCloseable {
    private static final int SECONDS_TO_END = 2;

    private static final long PAUSE_NANOS = 10_000_000;

    // Set once.
    private final ThreadFactory threads = new DefaultThreadFactory("godwit-web", true);
    private final Runnable failed;
    private final EventLoopGroup group;
    private final EventLoop loop;

    private volatile boolean closing;

    /** Event loop only: those that are not closed. */
    private final Set<Channel> connections = new HashSet<>();

    /**
     * @param failed is run on the thread if an {@link Error} has ended its loop, as an exhausted heap may; all connections are
     *     closed then
     */
    ServerLoop(Runnable failed) {
        this(failed, DefaultSelectStrategyFactory.INSTANCE);
    }

    ServerLoop(Runnable failed, SelectStrategyFactory strategies) {
        this.failed = failed;
        ThreadFactory watched = task -> threads.newThread(() -> run(task));
        this.group = new MultiThreadIoEventLoopGroup(
                1, watched, NioIoHandler.newFactory(SelectorProvider.provider(), strategies));
        this.loop = group.next();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            while (!closing && !isCleanedUp()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Netty does nothing for a loop that has failed. False: there is no memory for it. */
    private boolean isCleanedUp() {
        try {
            while (!connections.isEmpty()) {
                Channel next = connections.iterator().next();
                close(next);
                connections.remove(next);
            }
            failed.run();
            return true;
        } catch (OutOfMemoryError again) {
            return false;
        }
    }

    private static void close(Channel channel) {
        try {
            ((AbstractNioChannel.NioUnsafe) channel.unsafe()).ch().close();
        } catch (IOException failure) {
            // The system has closed it nevertheless.
        }
    }

    EventLoopGroup group() {
        return group;
    }

    /** Remembers a connection, or the listening socket, until it is closed. Event loop only. */
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
        closing = true;
        try {
            loop.execute(this::closeConnections);
        } catch (RejectedExecutionException closed) {
            // By an earlier call, which has closed the connections.
        }
        group.shutdownGracefully(0, SECONDS_TO_END, TimeUnit.SECONDS)
                .awaitUninterruptibly(2L * SECONDS_TO_END, TimeUnit.SECONDS);
    }
}
