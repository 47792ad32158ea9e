package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.transport.LibraryThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of a few daemon threads that starts another one whenever tasks wait and none ends for a moment, up to a bound: so
 * tasks that block keep no other task waiting for long. Threads end after ten idle seconds.
 */
final class GrowingPool implements Executor {
    private static final long IDLE_SECONDS = 10;
    private static final long LOOK_MILLIS = 5;
    /** How often to look while no task is kept waiting, or whether the threads that were started are needed no longer. */
    private static final long LATER_MILLIS = 20;

    // Set once.
    private final ThreadPoolExecutor pool;
    private final ScheduledExecutorService watchdog;
    private final int fewThreads;
    private final int mostThreads;

    /** Whether a look is scheduled. Any thread. */
    private final AtomicBoolean watching = new AtomicBoolean();

    // Written by the watchdog.
    private long completed;
    /** Whether nothing waited at its last look, so that the next one has time. */
    private volatile boolean calm;

    GrowingPool(String name, int fewThreads, int mostThreads, ScheduledExecutorService watchdog) {
        this(numbered(name), fewThreads, mostThreads, watchdog);
    }

    GrowingPool(ThreadFactory threads, int fewThreads, int mostThreads, ScheduledExecutorService watchdog) {
        this.fewThreads = fewThreads;
        this.mostThreads = mostThreads;
        this.watchdog = watchdog;
        pool = new ThreadPoolExecutor(
                fewThreads, mostThreads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory numbered(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> LibraryThreads.create(name + "-" + count.incrementAndGet(), task);
    }

    /** Threads end when they have been idle for so long. */
    void keepIdleThreads(long nanos) {
        pool.setKeepAliveTime(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(task);
        } catch (OutOfMemoryError noThread) {
            // A task that got lost would leave its client waiting for it forever. It waits for a thread instead.
            if (!pool.getQueue().contains(task)) {
                pool.getQueue().add(task);
            }
        }
        if (!pool.getQueue().isEmpty()) { // so it is for a moment with every task, before its thread has taken it
            watch(calm ? LATER_MILLIS : LOOK_MILLIS);
        }
    }

    private void watch(long millis) {
        if (watching.compareAndSet(false, true)) {
            try {
                watchdog.schedule(this::look, millis, TimeUnit.MILLISECONDS);
            } catch (OutOfMemoryError noThread) {
                watching.set(false); // the next task looks
            }
        }
    }

    private void look() {
        try {
            lookAtThreads();
        } finally {
            watching.set(false); // also if there is no memory
        }
        if (!pool.getQueue().isEmpty()) {
            watch(LOOK_MILLIS);
        } else if (pool.getCorePoolSize() > fewThreads) {
            watch(LATER_MILLIS); // else the next burst would start as many threads as the last blocked one needed
        }
    }

    private void lookAtThreads() {
        long before = completed;
        completed = pool.getCompletedTaskCount();
        int threads = pool.getCorePoolSize();
        boolean waiting = !pool.getQueue().isEmpty();
        if (waiting && pool.getPoolSize() == 0) {
            startThread();
        } else if (waiting && completed == before && threads < mostThreads) {
            growTo(threads + 1);
        } else if (!waiting && pool.getActiveCount() < fewThreads && threads > fewThreads) {
            pool.setCorePoolSize(fewThreads);
        }
        calm = !waiting && threads <= fewThreads;
    }

    private void startThread() {
        try {
            pool.prestartCoreThread();
        } catch (OutOfMemoryError noThread) {
            // the next look tries again
        }
    }

    /** Starts a thread for what waits. */
    private void growTo(int threads) {
        try {
            pool.setCorePoolSize(threads);
        } catch (OutOfMemoryError noThread) {
            pool.setCorePoolSize(threads - 1);
        }
    }
}
