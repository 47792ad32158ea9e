package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.transport.EventLoop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for an exchange in {@code join} or {@code get}. They are woken as soon as the session is done with
 * it and complete the future themselves, so that nobody waits until the executor, too, has been woken.
 */
final class JoinWaiters {
    /** Who completes a future in a way of its own, such as completeAsync, wakes nobody: so a thread looks now and then. */
    private static final long LOOK_NANOS = 1_000_000_000;

    // Set once.
    private final EventLoop loop;
    private final HandlerThread handlers;

    /** Any thread. */
    private final ConcurrentLinkedQueue<Seat> seats = new ConcurrentLinkedQueue<>();

    JoinWaiters(EventLoop loop, HandlerThread handlers) {
        this.loop = loop;
        this.handlers = handlers;
    }

    /** Called before a thread waits for what the event loop brings. */
    void refuseOnLoop() {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "a blocking call on the event loop would wait for itself: use the Async form,"
                            + " or leave the handlers on their executor");
        }
    }

    /**
     * Returns when the future is complete, or has to be waited for in the common way, or at {@code deadline} of {@link
     * System#nanoTime}; null: there is none. The calling thread waits.
     */
    void await(Exchange<?> exchange, @Nullable Long deadline) {
        if (exchange.isWaited() || exchange.isDone()) {
            return;
        }
        if (!exchange.hasEnded()) {
            refuseOnLoop();
        }
        // A handler that waits lets the connection be read: the acknowledgement may stand behind messages for it.
        boolean inHandler = handlers.block();
        try {
            sit(exchange, deadline);
        } finally {
            handlers.unblock(inHandler);
        }
    }

    private void sit(Exchange<?> exchange, @Nullable Long deadline) {
        if (!exchange.hasEnded()) {
            Seat seat = new Seat(exchange, Thread.currentThread(), deadline);
            seats.add(seat);
            try {
                ForkJoinPool.managedBlock(seat);
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            } finally {
                seats.remove(seat);
            }
        }
        // Dependents of the future are for the executor, which completes it soon.
        if (exchange.hasEnded() && exchange.getNumberOfDependents() == 0) {
            exchange.finishNow();
        }
    }

    /** Exchanges have ended or were completed: wakes who waits for one of them. Any thread, without the session's lock. */
    void wake() {
        if (!seats.isEmpty()) {
            for (Seat seat : seats) {
                if (seat.isOver()) {
                    LockSupport.unpark(seat.thread);
                }
            }
        }
    }

    private record Seat(
            Exchange<?> exchange, Thread thread, @Nullable Long deadline) implements ForkJoinPool.ManagedBlocker {
        @Override
        public boolean isReleasable() {
            return isOver() || thread.isInterrupted() || left() <= 0;
        }

        boolean isOver() {
            return exchange.hasEnded() || exchange.isDone();
        }

        @Override
        public boolean block() {
            LockSupport.parkNanos(exchange, Math.min(left(), LOOK_NANOS));
            return isReleasable();
        }

        private long left() {
            return deadline == null ? Long.MAX_VALUE : deadline - System.nanoTime();
        }
    }
}
