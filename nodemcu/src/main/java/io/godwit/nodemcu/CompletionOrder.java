package io.godwit.nodemcu;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps callbacks in the order of the packets that caused them, whichever thread starts an operation. The client completes
 * its futures in that order on the executor of callbacks, but an answer can arrive before another thread has attached the
 * callback to the future. Such a callback is late: it runs before anything that arrived behind its answer.
 */
final class CompletionOrder {

    // Set once.
    private final Executor events;

    // Guarded by the lock; callbacks run outside it.
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> late = new ArrayDeque<>(2);

    /** @param events where callbacks run, one at a time */
    CompletionOrder(Executor events) {
        this.events = events;
    }

    /** Starts an operation and attaches its callback; nothing that arrives behind the answer is delivered before that. */
    <T> T start(Supplier<T> startAndAttach) {
        lock.lock();
        try {
            return startAndAttach.get();
        } finally {
            lock.unlock();
        }
    }

    /** Runs the action when the future completes: on the executor of callbacks, never inside the call that attaches it. */
    <T> void then(CompletableFuture<T> future, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        Attaching attaching = new Attaching(Thread.currentThread());
        future.whenComplete((value, problem) -> {
            if (attaching.isInside()) {
                add(() -> action.accept(value, problem));
            } else {
                catchUp();
                action.accept(value, problem);
            }
        });
        attaching.over = true;
    }

    /** Whether {@code whenComplete} itself runs the action, because the future was complete already. */
    private static final class Attaching {
        private final Thread caller;
        private volatile boolean over;

        Attaching(Thread caller) {
            this.caller = caller;
        }

        boolean isInside() {
            return !over && Thread.currentThread() == caller;
        }
    }

    private void add(Runnable action) {
        lock.lock();
        try {
            late.add(action);
        } finally {
            lock.unlock();
        }
        events.execute(this::catchUp);
    }

    /** Runs what is late. On the executor of callbacks, before an event is delivered. */
    void catchUp() {
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            return late.poll();
        } finally {
            lock.unlock();
        }
    }
}
