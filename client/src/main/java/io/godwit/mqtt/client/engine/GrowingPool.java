package io.godwit.mqtt.client.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of daemon threads that starts a thread whenever none is free, up to a bound: so tasks that block keep no other
 * task waiting. Beyond the bound tasks wait in a queue. Threads end after ten idle seconds.
 */
final class GrowingPool implements Executor {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor pool;

    GrowingPool(String name, int mostThreads) {
        IdleThreads idle = new IdleThreads();
        AtomicInteger count = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                0,
                mostThreads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                idle,
                task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    thread.setContextClassLoader(
                            GrowingPool.class.getClassLoader()); // not the application's that asked
                    return thread;
                },
                (task, full) -> idle.put(task));
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Takes a task only if a thread waits for one, so that the executor starts a thread otherwise. */
    private static final class IdleThreads extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }
}
