package io.godwit.mqtt.broker.internal;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One Netty event loop with one daemon thread. Other threads call into it and wait; closing it leaves no thread. */
public final class LoopThread implements AutoCloseable {
    private static final int SECONDS_TO_WAIT = 10;
    private static final long PAUSE_NANOS = 10_000_000;

    private final String name;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Runnable failed;
    private volatile @Nullable Thread thread;
    private volatile boolean closing;

    /** Event loop only: those that are not closed. */
    private final Set<Channel> channels = new HashSet<>();

    public LoopThread(String name) {
        this(name, () -> {});
    }

    /**
     * @param failed is run on the thread if an {@link Error} has ended its loop, as an exhausted heap may; all channels are closed
     *     then
     */
    public LoopThread(String name, Runnable failed) {
        this(name, failed, DefaultSelectStrategyFactory.INSTANCE);
    }

    @SuppressWarnings("deprecation") // in 4.2 only; Netty 4.1 has nothing else
    LoopThread(String name, Runnable failed, SelectStrategyFactory strategies) {
        this.name = name;
        this.failed = failed;
        ThreadFactory named = new DefaultThreadFactory(name, true);
        ThreadFactory remembering = task -> start(named, task);
        this.group = new NioEventLoopGroup(1, remembering, SelectorProvider.provider(), strategies);
        this.loop = group.next();
    }

    private Thread start(ThreadFactory factory, Runnable task) {
        Thread made = factory.newThread(() -> live(task));
        thread = made;
        return made;
    }

    private void live(Runnable task) {
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
            while (!channels.isEmpty()) {
                Channel next = channels.iterator().next();
                close(next);
                channels.remove(next);
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

    /** Remembers a channel until it is closed. Event loop only. */
    public void opened(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
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
        return call(() -> {
                    ChannelFuture binding = bootstrap.handler(new Remembering()).bind(host, port);
                    opened(binding.channel());
                    return binding;
                })
                .awaitUninterruptibly();
    }

    /** Remembers what a listening channel accepts. */
    private final class Remembering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            opened((Channel) accepted);
            context.fireChannelRead(accepted);
        }
    }

    /**
     * Closes a listening socket. Its port is free only after the selector's next turn, so this waits for one.
     */
    public void unbind(Channel listening) {
        if (group.isShuttingDown()) {
            return; // The loop closes its channels when it ends.
        }
        listening.close().awaitUninterruptibly(SECONDS_TO_WAIT, TimeUnit.SECONDS);
        for (int turn = 0; turn < 2; turn++) {
            loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).awaitUninterruptibly(SECONDS_TO_WAIT, TimeUnit.SECONDS);
        }
    }

    /**
     * Netty 4.2 closes the channels of a loop that ends only if it was told to end before it looked for I/O, and not if that
     * happened while it ran tasks: their sockets would stay open. Event loop only.
     */
    private void closeChannels() {
        List.copyOf(channels)
                .forEach(channel -> channel.unsafe().close(channel.unsafe().voidPromise()));
    }

    /** Closes all channels of the loop and ends its thread; returns when that is done. */
    @Override
    public void close() {
        closing = true;
        try {
            loop.execute(this::closeChannels);
        } catch (RejectedExecutionException closed) {
            // By an earlier call, which has closed the channels.
        }
        group.shutdownGracefully(0, SECONDS_TO_WAIT, TimeUnit.SECONDS)
                .awaitUninterruptibly(2L * SECONDS_TO_WAIT, TimeUnit.SECONDS);
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
