package io.godwit.mqtt.broker.internal;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One Netty event loop with one daemon thread. Other threads call into it and wait; closing it leaves no thread. */
public final class LoopThread implements AutoCloseable {
    private static final int SECONDS_TO_WAIT = 10;

    private final String name;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private volatile @Nullable Thread thread;

    @SuppressWarnings("deprecation") // in 4.2 only; Netty 4.1 has nothing else
    public LoopThread(String name) {
        this.name = name;
        ThreadFactory named = new DefaultThreadFactory(name, true);
        ThreadFactory remembering = task -> start(named, task);
        this.group = new NioEventLoopGroup(1, remembering);
        this.loop = group.next();
    }

    private Thread start(ThreadFactory factory, Runnable task) {
        Thread made = factory.newThread(task);
        thread = made;
        return made;
    }

    public EventLoopGroup group() {
        return group;
    }

    public EventLoop loop() {
        return loop;
    }

    /** Does the task on the loop's thread and waits for what it returns. */
    public <T> T call(Callable<T> task) {
        if (loop.inEventLoop()) {
            throw new IllegalStateException(
                    "called on the thread '" + name + "' itself: a listener or policy must not call back");
        }
        Future<T> future;
        try {
            future = loop.submit(task);
        } catch (RejectedExecutionException closed) {
            throw new IllegalStateException("the thread '" + name + "' has ended", closed);
        }
        try {
            return future.get(SECONDS_TO_WAIT, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the thread '" + name + "'", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the thread '" + name + "' did not answer within " + SECONDS_TO_WAIT + " s", e);
        }
    }

    public void run(Runnable task) {
        call(() -> {
            task.run();
            return name;
        });
    }

    /** Binds on the loop's thread, since Netty leaves thread-locals in the thread that creates a channel; returns when it is done. */
    public ChannelFuture bind(ServerBootstrap bootstrap, String host, int port) {
        return call(() -> bootstrap.bind(host, port)).awaitUninterruptibly();
    }

    /**
     * Closes a listening socket. Its port is free only after the selector's next turn, so this waits for one.
     */
    public void unbind(Channel listening) {
        if (group.isShuttingDown()) {
            return; // The loop closes its channels when it ends.
        }
        listening.close().awaitUninterruptibly();
        for (int turn = 0; turn < 2; turn++) {
            loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
    }

    /**
     * Netty 4.2 closes the channels of a loop that ends only if it was told to end before it looked for I/O, and not if that
     * happened while it ran tasks: their sockets would stay open. Event loop only.
     */
    private void closeChannels() {
        List<Channel> channels = new ArrayList<>();
        ((SingleThreadEventLoop) loop).registeredChannelsIterator().forEachRemaining(channels::add);
        channels.forEach(channel -> channel.unsafe().close(channel.unsafe().voidPromise()));
    }

    /** Closes all channels of the loop and ends its thread; returns when that is done. */
    @Override
    public void close() {
        try {
            loop.execute(this::closeChannels);
        } catch (RejectedExecutionException closed) {
            // By an earlier call, which has closed the channels.
        }
        group.shutdownGracefully(0, SECONDS_TO_WAIT, TimeUnit.SECONDS).awaitUninterruptibly();
        Thread last = thread;
        if (last != null && last != Thread.currentThread()) {
            try {
                last.join(TimeUnit.SECONDS.toMillis(SECONDS_TO_WAIT));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
