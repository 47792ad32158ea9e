package io.godwit.mqtt.client.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One loop of Netty, in a group of its own, and its channels. Netty can neither repair nor restart it once it has failed. */
final class SingleLoop {

    private static final long END_LIMIT_SECONDS = 5;

    /** Set once. */
    private final Sockets sockets;

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final LoopTasks tasks;

    /** Any thread. */
    private volatile boolean toldToEnd;

    /** Event loop only: those that are not closed. */
    private final Set<Channel> channels = new HashSet<>(4);

    private boolean ending;

    /**
     * @param executor starts the thread
     * @param busy whether it never sleeps
     */
    SingleLoop(Sockets sockets, Executor executor, LoopTasks tasks, boolean busy) {
        this.sockets = sockets;
        this.tasks = tasks;
        group = sockets.newGroup(executor, tasks, busy);
        loop = group.next();
        tasks.belongTo(loop);
    }

    EventLoop netty() {
        return loop;
    }

    /** Whether it ends, or has ended, because it was to. Any thread. */
    boolean isToldToEnd() {
        return toldToEnd;
    }

    /** Ends the loop. Does not wait. Any thread. */
    void shutDown() {
        toldToEnd = true;
        group.shutdownGracefully(0, END_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    void awaitEnd(long nanos) throws InterruptedException {
        group.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }

    // ---- event loop only ----

    /** Ends the loop with an error as soon as the present task has ended. */
    void fail() {
        tasks.fail();
    }

    boolean hasChannels() {
        return !channels.isEmpty();
    }

    /** Remembers a channel until it is closed. */
    void opened(Channel channel, Runnable thenClosed) {
        channels.add(channel);
        channel.closeFuture().addListener(closed -> {
            channels.remove(channel);
            thenClosed.run();
        });
        if (ending) {
            close(channel);
        }
    }

    /**
     * Netty 4.2 closes the channels of a loop that ends only if it was told to end before it looked for I/O, and not if that
     * happened while it ran tasks: their sockets would stay open.
     */
    void closeChannels() {
        ending = true;
        List.copyOf(channels).forEach(SingleLoop::close);
    }

    /** Closes a channel unless its loop has failed: then {@link #closeSockets} has closed, or will close, its socket. */
    static void close(Channel channel) {
        if (!channel.isRegistered() || channel.eventLoop().inEventLoop()) {
            channel.unsafe().close(channel.newPromise());
        }
    }

    /** Closes what is left after the loop has failed: Netty does nothing any more. The thread of the loop, after its end. */
    void closeSockets() {
        while (!channels.isEmpty()) {
            Channel next = channels.iterator().next();
            sockets.closeSocket(next);
            channels.remove(next);
        }
    }
}
