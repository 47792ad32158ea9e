package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttTimeoutException;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Times;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for an exchange in {@code join} or {@code get}. They are woken as soon as the session is done with
 * it and complete the future themselves, so that nobody waits until the executor, too, has been woken.
 */
final class JoinWaiters {
    /** Who completes a future in a way of its own, such as completeAsync, wakes nobody: so a thread looks now and then. */
    private static final long LOOK_NANOS = 1_000_000_000;

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<JoinWaiters, Queue> SEATS =
            AtomicReferenceFieldUpdater.newUpdater(JoinWaiters.class, Queue.class, "seats");

    // Set once.
    private final EventLoop loop;
    private final HandlerThread handlers;
    private final Duration limit;

    /** Any thread; made for the first that waits. */
    private volatile @Nullable Queue<Seat> seats;

    /** @param limit how long a handler waits while nothing is read */
    JoinWaiters(EventLoop loop, HandlerThread handlers, Duration limit) {
        this.loop = loop;
        this.handlers = handlers;
        this.limit = limit;
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
     *
     * @throws MqttTimeoutException in a handler, if for the time limit of blocking calls nothing could be read, because messages
     *     fill the inbox: what it waits for may be behind them, and would never come
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
            sit(exchange, deadline, inHandler);
        } finally {
            handlers.unblock(inHandler);
        }
    }

    private void sit(Exchange<?> exchange, @Nullable Long deadline, boolean inHandler) {
        if (!exchange.hasEnded()) {
            Seat seat = new Seat(exchange, Thread.currentThread(), deadline, inHandler);
            Queue<Seat> all = seats();
            all.add(seat);
            try {
                ForkJoinPool.managedBlock(seat);
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            } finally {
                all.remove(seat);
            }
            if (seat.isCutOff() && !seat.isOver()) {
                throw new MqttTimeoutException(
                        "timed out after " + Times.text(limit) + " waiting in a handler: messages fill the"
                                + " inbox, so that nothing is read, and the answer may be behind them; don't wait in handlers, or raise"
                                + " inbox(...)");
            }
        }
        // Dependents of the future are for the executor, which completes it soon.
        if (exchange.hasEnded() && exchange.getNumberOfDependents() == 0) {
            exchange.finishNow();
        }
    }

    private Queue<Seat> seats() {
        Queue<Seat> all = seats;
        if (all == null) {
            SEATS.compareAndSet(this, null, new ConcurrentLinkedQueue<Seat>());
            all = Objects.requireNonNull(seats);
        }
        return all;
    }

    /** Exchanges have ended or were completed: wakes who waits for one of them. Any thread, without the session's lock. */
    void wake() {
        Queue<Seat> all = seats;
        if (all != null && !all.isEmpty()) {
            for (Seat seat : all) {
                if (seat.isOver()) {
                    LockSupport.unpark(seat.thread);
                }
            }
        }
    }

    private final class Seat implements ForkJoinPool.ManagedBlocker {
        private final Exchange<?> exchange;
        private final Thread thread;
        private final @Nullable Long deadline;
        private final boolean inHandler;
        private final long since = System.nanoTime();

        Seat(Exchange<?> exchange, Thread thread, @Nullable Long deadline, boolean inHandler) {
            this.exchange = exchange;
            this.thread = thread;
            this.deadline = deadline;
            this.inHandler = inHandler;
        }

        @Override
        public boolean isReleasable() {
            return isOver() || thread.isInterrupted() || left() <= 0 || isCutOff();
        }

        /** Whether a handler waits for what cannot come. */
        boolean isCutOff() {
            return inHandler && Math.min(handlers.unreadNanos(), System.nanoTime() - since) > limit.toNanos();
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
