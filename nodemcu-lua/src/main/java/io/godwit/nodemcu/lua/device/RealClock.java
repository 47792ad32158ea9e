package io.godwit.nodemcu.lua.device;

import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** Time that passes by itself, at the world's pace or a multiple of it, with a small pool of threads for all devices. */
public final class RealClock implements DeviceClock {

    /** Lua calls C calls Java calls Lua: deeper than a usual Java stack. */
    private static final long STACK_BYTES = 2L << 20;

    private final double speed;
    private final long startNanos = System.nanoTime();
    private final Instant startDate = Instant.now();
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor pool;
    private final ReentrantLock poolLock = new ReentrantLock();

    /**
     * @param speed device seconds per second; 1 is real time
     * @param threads how many devices run at the same moment
     */
    public RealClock(double speed, int threads) {
        if (!(speed > 0) || threads < 1) {
            throw new IllegalArgumentException(
                    "speed must be above 0 and threads at least 1, got " + speed + " and " + threads);
        }
        this.speed = speed;
        this.timer = new ScheduledThreadPoolExecutor(1, named("godwit-device-clock"));
        this.timer.setRemoveOnCancelPolicy(true);
        this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.pool = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("godwit-device"));
    }

    public RealClock() {
        this(1, Runtime.getRuntime().availableProcessors());
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        };
    }

    public double speed() {
        return speed;
    }

    @Override
    public long nanoTime() {
        return (long) ((System.nanoTime() - startNanos) * speed);
    }

    @Override
    public Instant date() {
        return startDate.plusNanos(nanoTime());
    }

    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException closed) {
            // The host is going down; so are its devices.
        }
    }

    @Override
    public Alarm schedule(Runnable task, long delayNanos) {
        try {
            ScheduledFuture<?> future =
                    timer.schedule(() -> execute(task), Math.max(0, (long) (delayNanos / speed)), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public void addThread() {
        resize(1);
    }

    @Override
    public void removeThread() {
        resize(-1);
    }

    private void resize(int by) {
        poolLock.lock();
        try {
            int size = Math.max(1, pool.getCorePoolSize() + by);
            pool.setMaximumPoolSize(Math.max(size, pool.getCorePoolSize()));
            pool.setCorePoolSize(size);
            pool.setMaximumPoolSize(size);
        } finally {
            poolLock.unlock();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdownNow();
        try {
            // A device that is inside Lua must come out before its state may be freed.
            pool.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
