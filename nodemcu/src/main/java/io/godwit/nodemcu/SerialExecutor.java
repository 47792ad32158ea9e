package io.godwit.nodemcu;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks one at a time on the common pool; callbacks run here unless the settings name another executor. */
final class SerialExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>(4);
    private boolean running;

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        ForkJoinPool.commonPool().execute(this::drain);
    }

    private void drain() {
        while (true) {
            Runnable next;
            lock.lock();
            try {
                next = tasks.poll();
                if (next == null) {
                    running = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }

    /** The next task runs whatever has become of this one. */
    private static void failed(Throwable failure) {
        try {
            LOG.error("a callback failed", failure);
        } catch (OutOfMemoryError e) {
            // Nor is there memory for the log; the next task may find some again.
        }
    }
}
