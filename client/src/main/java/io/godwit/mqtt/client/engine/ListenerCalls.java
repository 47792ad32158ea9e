package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientListener;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the listeners one call at a time, in order, on an executor of many threads. What waits for a slow listener is
 * bounded: of what is left out only the number is kept.
 */
final class ListenerCalls {
    // Set once.
    private final Executor executor;
    private final LongConsumer tellMissed;
    private final Consumer<Throwable> failed;

    private final ReentrantLock lock = new ReentrantLock();

    /** Any thread. */
    private final AtomicLong connections = new AtomicLong();

    // Guarded by the lock.
    private final ArrayDeque<Call> calls = new ArrayDeque<>(0);
    private long waitingBytes;
    private long missed;
    private State state = State.IDLE;
    /** The thread that makes the calls while they are being made. */
    private @Nullable Thread runner;

    private enum State {
        IDLE,
        /** A task of the executor will make the calls. */
        SCHEDULED,
        /** A thread makes them. */
        RUNNING
    }

    /**
     * @param bytes of the message that it is about
     * @param must whether it is never left out for a later one
     */
    private record Call(Runnable run, int bytes, boolean must) {}

    /**
     * @param tellMissed called between two calls with the number of those that were left out
     * @param failed receives what a listener throws
     */
    ListenerCalls(Executor executor, LongConsumer tellMissed, Consumer<Throwable> failed) {
        this.failed = failed;
        this.executor = executor;
        this.tellMissed = tellMissed;
    }

    /** The number of a connection that the listeners are about to hear of. */
    long nextConnection() {
        return connections.incrementAndGet();
    }

    /** A call that takes the place of the oldest {@link #offer offered} one when too many wait. */
    void execute(Runnable call) {
        if (add(new Call(call, 0, true))) {
            executor.execute(this::runScheduled);
        }
    }

    /**
     * The same, but made before the method returns: on this thread, or by the thread that is making calls. A listener that
     * blocks is waited for a second at most. Not on the event loop.
     */
    void executeHere(Runnable call) {
        CountDownLatch made = new CountDownLatch(1);
        add(new Call(
                () -> {
                    try {
                        call.run();
                    } finally {
                        made.countDown();
                    }
                },
                0,
                true));
        lock.lock();
        try {
            if (runner == Thread.currentThread()) {
                return; // from within a listener: it is next
            }
            if (state != State.RUNNING) {
                state = State.RUNNING;
                runner = Thread.currentThread();
            }
        } finally {
            lock.unlock();
        }
        if (isRunner()) {
            run();
        } else {
            await(made);
        }
    }

    private boolean isRunner() {
        lock.lock();
        try {
            return runner == Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    private static void await(CountDownLatch made) {
        try {
            made.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A call about a message of this many bytes; it is dropped when too much waits. */
    void offer(Runnable call, int bytes) {
        if (add(new Call(call, bytes, false))) {
            executor.execute(this::runScheduled);
        }
    }

    /** Whether a task is to be scheduled for it. */
    private boolean add(Call call) {
        lock.lock();
        try {
            if (calls.size() >= ClientListener.MOST_WAITING || waitingBytes >= ClientListener.MOST_WAITING_BYTES) {
                missed++;
                if (!call.must) {
                    return false;
                }
                removeOldest();
            }
            calls.add(call);
            waitingBytes += call.bytes;
            if (state != State.IDLE) {
                return false;
            }
            state = State.SCHEDULED;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Guarded by the lock: of the offered calls, unless there are none. */
    private void removeOldest() {
        for (Iterator<Call> oldest = calls.iterator(); oldest.hasNext(); ) {
            Call call = oldest.next();
            if (!call.must) {
                waitingBytes -= call.bytes;
                oldest.remove();
                return;
            }
        }
        calls.remove();
    }

    private void runScheduled() {
        lock.lock();
        try {
            if (state != State.SCHEDULED) {
                return; // another thread has made the calls meanwhile, or makes them
            }
            state = State.RUNNING;
            runner = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        run();
    }

    private void run() {
        for (Runnable call = next(); call != null; call = next()) {
            try {
                call.run();
            } catch (Throwable failure) {
                failed.accept(failure);
            }
            CallContext.betweenCalls();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            if (missed > 0) {
                long number = missed;
                missed = 0;
                return () -> tellMissed.accept(number);
            }
            Call call = calls.poll();
            if (call == null) {
                state = State.IDLE;
                runner = null;
                return null;
            }
            waitingBytes -= call.bytes;
            return call.run;
        } finally {
            lock.unlock();
        }
    }
}
