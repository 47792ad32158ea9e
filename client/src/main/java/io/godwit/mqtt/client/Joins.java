package io.godwit.mqtt.client;

import io.godwit.mqtt.client.session.Exchange;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for an exchange in {@code join} or {@code get}. They are woken as soon as the session is done with
 * it and complete the future themselves, so that nobody waits until the executor, too, has been woken.
 */
final class Joins {
    private final ConcurrentLinkedQueue<Seat> seats = new ConcurrentLinkedQueue<>();

    /** Returns when the future is complete, or has to be waited for in the common way. The calling thread waits. */
    void await(Exchange<?> exchange) {
        await(exchange, null);
    }

    /** The same, no longer than until {@code deadline} of {@link System#nanoTime}. */
    void await(Exchange<?> exchange, @Nullable Long deadline) {
        if (exchange.isWaited() || exchange.isDone()) {
            return;
        }
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
        // What depends on the future is for the executor, which completes it soon.
        if (exchange.hasEnded() && exchange.getNumberOfDependents() == 0) {
            exchange.finishNow();
        }
    }

    /** Exchanges have ended: wakes who waits for one of them. Any thread, after the session's lock was given back. */
    void wake() {
        if (!seats.isEmpty()) {
            for (Seat seat : seats) {
                if (seat.exchange.hasEnded()) {
                    LockSupport.unpark(seat.thread);
                }
            }
        }
    }

    private record Seat(
            Exchange<?> exchange, Thread thread, @Nullable Long deadline) implements ForkJoinPool.ManagedBlocker {
        @Override
        public boolean isReleasable() {
            return exchange.hasEnded() || exchange.isDone() || thread.isInterrupted() || left() <= 0;
        }

        @Override
        public boolean block() {
            LockSupport.parkNanos(exchange, left());
            return isReleasable();
        }

        private long left() {
            return deadline == null ? Long.MAX_VALUE : deadline - System.nanoTime();
        }
    }
}
