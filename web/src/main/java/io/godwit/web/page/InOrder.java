package io.godwit.web.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/** Runs tasks on an executor, one after the other, in the order in which they come. Any thread. */
final class InOrder implements Executor {
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    InOrder(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            waiting.add(task);
            if (!running) {
                executor.execute(this::run);
                running = true;
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            Runnable next;
            lock.lock();
            try {
                next = waiting.poll();
                if (next == null) {
                    running = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            next.run();
        }
    }
}
