package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.LibraryThreads;
import io.godwit.mqtt.client.transport.LoopEndedException;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.channel.Channel;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A Netty event loop as an {@link EventLoop}: one thread, in a group of its own, so that it can end alone. An {@link Error}, such
 * as an {@link OutOfMemoryError}, that escapes within Netty ends Netty's loop for good. The thread then closes the sockets and
 * runs another loop of Netty, on which tasks and timers go on and each attempt and connection learns that it has ended. As long
 * as that is impossible for lack of memory or handles, the thread tries it again.
 */
final class NettyEventLoop implements EventLoop {

    /** How long the thread lives that runs what comes after the end. */
    private static final long AFTERWARDS_MILLIS = 100;

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    /** Set once. */
    private final Transport transport;

    private final Sockets sockets;
    private final boolean busy;
    private final ThreadFactory threads;
    private final Queue<Runnable> tasks;
    private final LoopTimers timers = new LoopTimers(this::fail);
    private final Set<Runnable> onRestart = ConcurrentHashMap.newKeySet();
    private final Runnable wakeUp = () -> {};
    private final Runnable endOfInherited = () -> {};
    private final Runnable takeOver = this::takeOver;
    private final Runnable endIfIdle = this::endIfIdle;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock: runs what is left to do once the loop has ended. */
    private @Nullable ScheduledThreadPoolExecutor afterwards;

    /** Any thread: the loop's, and the one of {@link #afterwards}. */
    private volatile @Nullable Thread thread;

    private volatile @Nullable Thread lastThread;

    /** Written by the loop's thread only. */
    private volatile SingleLoop current;

    /** Any thread: no client uses the loop any more. */
    private volatile boolean retired;

    /** Any thread: the transport is closed. */
    private volatile boolean closed;

    /** Event loop only: attempts and connections that have not ended. */
    private final Set<LoopUser> users = new HashSet<>(4);

    /** The loop's thread only, while Netty has none: the next loop, and what runs it. */
    private @Nullable SingleLoop next;

    private @Nullable Runnable nextRun;
    private long pauseNanos = SHORTEST_PAUSE_NANOS;
    private long startedAt = System.nanoTime();

    /**
     * @param tasks an empty queue that any thread may add to
     * @param busy whether it never sleeps
     */
    NettyEventLoop(Transport transport, Sockets sockets, ThreadFactory threads, Queue<Runnable> tasks, boolean busy) {
        this.transport = transport;
        this.sockets = sockets;
        this.busy = busy;
        this.threads = threads;
        this.tasks = tasks;
        current = newLoop(null, null);
    }

    private SingleLoop newLoop(@Nullable Runnable first, @Nullable Runnable inherited) {
        return new SingleLoop(sockets, this::start, new LoopTasks(tasks, this::closeInTime, first, inherited), busy);
    }

    /** The transport that the loop is one of. */
    Transport transport() {
        return transport;
    }

    /** The loop that channels register with. */
    io.netty.channel.EventLoop netty() {
        return current.netty();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean inLoop() {
        Thread calling = Thread.currentThread();
        return calling == thread || calling == lastThread;
    }

    @Override
    public void execute(Runnable task) {
        SingleLoop on = current;
        try {
            on.netty().execute(task);
        } catch (RejectedExecutionException ended) {
            executeAfter(on, task, ended);
            return;
        }
        if (on != current) {
            wake(); // the task came too late to do so
        }
    }

    private void wake() {
        try {
            current.netty().execute(wakeUp);
        } catch (RejectedExecutionException ended) {
            // It has ended again. The next one finds the task.
        }
    }

    /** The Netty loop has ended. */
    private void executeAfter(SingleLoop ended, Runnable task, RejectedExecutionException rejected) {
        if (ended.isToldToEnd() && ended == current) {
            afterwards(rejected).execute(task);
            return;
        }
        tasks.add(task);
        if (ended != current) {
            wake();
        }
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        LoopTimers.Timer timer = timers.add(task, Math.max(0, delayNanos));
        try {
            arm(timer);
        } catch (RejectedExecutionException ended) {
            timer.cancel();
            var future = afterwards(ended).schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (Throwable failure) {
            timer.cancel();
            throw failure;
        }
        return timer;
    }

    private void arm(LoopTimers.Timer timer) {
        SingleLoop on;
        do {
            on = current;
            try {
                timer.arm(on.netty());
            } catch (RejectedExecutionException ended) {
                if (on.isToldToEnd() && on == current) {
                    throw ended;
                }
            }
        } while (on != current); // what waits when the next loop takes over is armed there
    }

    @Override
    public Cancellable onRestart(Runnable task) {
        OnRestart registration = new OnRestart(task);
        onRestart.add(registration);
        return registration;
    }

    /** A task that runs after each restart, until it is cancelled. */
    private final class OnRestart implements Runnable, Cancellable {
        private final Runnable task;

        OnRestart(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            task.run();
        }

        @Override
        public void cancel() {
            onRestart.remove(this);
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

    // ---- event loop only ----

    /** Remembers a channel until it is closed. */
    void opened(Channel channel) {
        current.opened(channel, endIfIdle);
    }

    /** Remembers an attempt, or its connection, until it has ended. */
    void began(LoopUser user) {
        users.add(user);
    }

    void ended(LoopUser user) {
        users.remove(user);
    }

    /** For tests. */
    int users() {
        return users.size();
    }

    /**
     * Restarts the loop as soon as the present task has ended, since there was no memory for something: it is half done, and would
     * never be completed.
     */
    void fail() {
        current.fail();
    }

    private void endIfIdle() {
        SingleLoop loop = current;
        if (retired && !loop.hasChannels()) {
            loop.shutDown();
        }
    }

    // ---- any thread ----

    /** Ends the loop as soon as its last channel is closed. */
    void retire() {
        retired = true;
        execute(endIfIdle);
    }

    /** Closes the channels of the loop and ends it. Does not wait. */
    void end() {
        closed = true;
        SingleLoop loop = current; // one that follows it ends by itself
        try {
            loop.netty().execute(loop::closeChannels);
        } catch (RejectedExecutionException ended) {
            // By an earlier call, which has closed the channels.
        }
        loop.shutDown();
    }

    /** Waits until the thread has ended, unless this is it. */
    void awaitEnd(long nanos) throws InterruptedException {
        if (inLoop()) {
            return;
        }
        long end = System.nanoTime() + nanos;
        current.awaitEnd(nanos);
        Thread last = thread;
        if (last != null) {
            TimeUnit.NANOSECONDS.timedJoin(last, Math.max(0, end - System.nanoTime()));
        }
    }

    // ---- the thread, and what follows if an error ends Netty's loop ----

    /** Starts Netty's loop: the first one on a thread, the others on the same. */
    private void start(Runnable loop) {
        if (Thread.currentThread() == thread) {
            nextRun = loop;
            return;
        }
        Thread made = threads.newThread(() -> run(loop));
        thread = made;
        made.start();
    }

    private void run(Runnable first) {
        for (Runnable loop = first; loop != null; loop = nextLoop()) {
            try {
                loop.run();
            } catch (Throwable failed) {
                // Netty has failed at ending its loop, too. The next one follows anyway.
            }
        }
    }

    /** Netty's loop is about to end, and channels can still be closed in an orderly way. Called repeatedly. */
    private void closeInTime() {
        SingleLoop loop = current;
        if (!loop.isToldToEnd() && loop.hasChannels()) {
            try {
                List.copyOf(users).forEach(LoopUser::loopEnds);
                loop.closeChannels();
            } catch (Throwable failed) {
                return; // closeSockets will close what is left
            }
        }
    }

    /** Null: the thread is to end. */
    private @Nullable Runnable nextLoop() {
        SingleLoop failed = current;
        if (failed.isToldToEnd() && !failed.hasChannels()) {
            return null;
        }
        if (System.nanoTime() - startedAt > LONGEST_PAUSE_NANOS) {
            pauseNanos = SHORTEST_PAUSE_NANOS;
        }
        while (true) {
            try {
                return makeNextLoop(failed);
            } catch (Throwable noMemoryOrHandle) {
                if (closed) {
                    return null;
                }
                pause();
            }
        }
    }

    /** Can be repeated after it has failed anywhere. */
    private @Nullable Runnable makeNextLoop(SingleLoop failed) {
        failed.closeSockets();
        SingleLoop made = next;
        if (made == null) {
            pause();
            made = newLoop(takeOver, endOfInherited);
            next = made;
        }
        if (nextRun == null) {
            made.netty().execute(endOfInherited);
        }
        Runnable run = nextRun;
        current = made;
        startedAt = System.nanoTime();
        nextRun = null;
        next = null;
        return run;
    }

    private void pause() {
        LockSupport.parkNanos(pauseNanos);
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    }

    /** The first task of a loop that follows a failed one. It is repeated until there is memory for all of it. Event loop. */
    private void takeOver() {
        if (!isTakenOver()) {
            pause();
            execute(takeOver);
        } else if (closed) {
            end();
        } else {
            endIfIdle();
        }
    }

    private boolean isTakenOver() {
        try {
            timers.armAll(current.netty());
            LoopEndedException cause = new LoopEndedException();
            for (LoopUser each : List.copyOf(users)) {
                tell(() -> each.tellLoopEnded(cause));
                users.remove(each);
            }
            onRestart.forEach(NettyEventLoop::tell);
            return true;
        } catch (OutOfMemoryError again) {
            return false;
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (OutOfMemoryError again) {
            throw again;
        } catch (Throwable listeners) {
            // The others have to be told nevertheless.
        }
    }
}
