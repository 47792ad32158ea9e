package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.LibraryThreads;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A Netty event loop as an {@link EventLoop}: one thread, in a group of its own, so that it can end alone. */
final class NettyEventLoop implements EventLoop {

    private static final long END_LIMIT_SECONDS = 5;

    /** How long the thread lives that runs what comes after the end. */
    private static final long AFTERWARDS_MILLIS = 100;

    /** Set once. */
    private final Transport transport;

    private final EventLoopGroup group;
    private final io.netty.channel.EventLoop loop;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock: runs what is left to do once the loop has ended. */
    private @Nullable ScheduledThreadPoolExecutor afterwards;

    /** Any thread: the loop's, and the one of {@link #afterwards}. */
    private volatile @Nullable Thread thread;

    private volatile @Nullable Thread lastThread;

    /** Any thread: no client uses the loop any more. */
    private volatile boolean retired;

    /** Event loop only: those that are not closed. */
    private final Set<Channel> channels = new HashSet<>(4);

    private boolean ending;

    NettyEventLoop(Transport transport, Sockets sockets, ThreadFactory threads) {
        this.transport = transport;
        group = sockets.newGroup(1, task -> {
            Thread made = threads.newThread(task);
            thread = made;
            return made;
        });
        loop = group.next();
    }

    /** The transport that the loop is one of. */
    Transport transport() {
        return transport;
    }

    /** The loop that channels register with. */
    io.netty.channel.EventLoop netty() {
        return loop;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop() || Thread.currentThread() == lastThread;
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            afterwards(ended).execute(task);
        }
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        long delay = Math.max(0, delayNanos);
        try {
            Future<?> future = loop.schedule(task, delay, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException ended) {
            var future = afterwards(ended).schedule(task, delay, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        }
    }

    /** A client that is closed still answers calls, on a thread that exists while it does. */
    private ScheduledThreadPoolExecutor afterwards(RejectedExecutionException ended) {
        if (!retired) {
            throw ended;
        }
        lock.lock();
        try {
            ScheduledThreadPoolExecutor executor = afterwards;
            if (executor == null) {
                executor = new ScheduledThreadPoolExecutor(1, task -> {
                    Thread made = LibraryThreads.create("godwit-closed", task);
                    lastThread = made;
                    return made;
                });
                executor.setKeepAliveTime(AFTERWARDS_MILLIS, TimeUnit.MILLISECONDS);
                executor.allowCoreThreadTimeOut(true);
                executor.setRemoveOnCancelPolicy(true);
                afterwards = executor;
            }
            return executor;
        } finally {
            lock.unlock();
        }
    }

    /** Remembers a channel until it is closed. Loop only. */
    void opened(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(closed -> {
            channels.remove(channel);
            endIfIdle();
        });
        if (ending) {
            close(channel);
        }
    }

    private static void close(Channel channel) {
        channel.unsafe().close(channel.newPromise());
    }

    /** Ends the loop as soon as its last channel is closed. */
    void retire() {
        retired = true;
        execute(this::endIfIdle);
    }

    private void endIfIdle() {
        if (retired && channels.isEmpty()) {
            shutDown();
        }
    }

    /** Closes the channels of the loop and ends it. Does not wait. */
    void end() {
        try {
            loop.execute(this::closeChannels);
        } catch (RejectedExecutionException ended) {
            // By an earlier call, which has closed the channels.
        }
        shutDown();
    }

    /**
     * Netty 4.2 closes the channels of a loop that ends only if it was told to end before it looked for I/O, and not if that
     * happened while it ran tasks: their sockets would stay open. Loop only.
     */
    private void closeChannels() {
        ending = true;
        List.copyOf(channels).forEach(NettyEventLoop::close);
    }

    private void shutDown() {
        group.shutdownGracefully(0, END_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until the thread has ended, unless this is it. */
    void awaitEnd(long nanos) throws InterruptedException {
        if (inLoop()) {
            return;
        }
        long end = System.nanoTime() + nanos;
        group.awaitTermination(nanos, TimeUnit.NANOSECONDS);
        Thread last = thread;
        if (last != null) {
            TimeUnit.NANOSECONDS.timedJoin(last, Math.max(0, end - System.nanoTime()));
        }
    }
}
