package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.BatchExchange;
import io.godwit.mqtt.client.session.BatchedPublish;
import io.godwit.mqtt.client.session.EndedExchanges;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The session with the one lock of a client, which is taken in this class only. The lock is held for the session's work,
 * never across I/O, the disk or the application's code: what that work has made due is started after the lock is given
 * back.
 */
final class GuardedSession {
    private static final int SPINS = 500;

    /** What follows from the session's work: delivering messages, completing futures. */
    interface Work {
        /** Guarded by the lock: whether the caller has to {@link #start} it. */
        boolean claim(Session session);

        /** Without the lock. */
        void start();
    }

    // Set once, the last two before the client is used.
    private final Session session;
    private final EventLoop loop;
    private final JoinWaiters joins;
    private Work completions = Nothing.INSTANCE;
    private Runnable drain = () -> {};

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private Work deliveries = Nothing.INSTANCE;
    /** Why nothing is accepted at present; null while there is, or will be, a connection. */
    private @Nullable Failure closedTo = Failures.notConnected("not connected: call connect first");

    private boolean drainScheduled;
    private int waitingForRoom;
    /** Made for the first that waits. */
    private @Nullable Condition room;

    GuardedSession(Session session, EventLoop loop, JoinWaiters joins) {
        this.session = session;
        this.loop = loop;
        this.joins = joins;
    }

    /**
     * Sets what completes futures. Results are delivered before messages.
     *
     * @param newDrain gives the outbox to the connection; run on the event loop
     */
    void serve(Work newCompletions, Runnable newDrain) {
        completions = newCompletions;
        drain = newDrain;
    }

    /** Guarded by the lock: from now on this delivers messages. There were no handlers before, and so nothing to deliver. */
    void deliverWith(Work newDeliveries) {
        deliveries = newDeliveries;
    }

    private enum Nothing implements Work {
        INSTANCE;

        @Override
        public boolean claim(Session session) {
            return false;
        }

        @Override
        public void start() {}
    }

    // ---- the lock ----

    /** Takes the lock; spins for a moment first, since whoever has it is done in less time than parking takes. */
    private void acquire() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Gives the lock back and starts what has become due. */
    private void release() {
        boolean wake = false;
        boolean fresh = false;
        boolean complete = false;
        boolean deliver = false;
        Exchange<?> waited = null;
        try {
            wake = startsDrain();
            EndedExchanges ended = session.ended();
            fresh = ended.takeFresh();
            if (fresh) {
                waited = ended.takeWaited();
                roomMade();
            }
            complete = completions.claim(session);
            deliver = deliveries.claim(session);
        } finally {
            lock.unlock(); // also without memory for what is due
        }
        if (fresh) {
            finish(waited);
            joins.wake();
        }
        if (complete) {
            completions.start();
        }
        if (deliver) {
            deliveries.start();
        }
        if (wake) {
            loop.execute(drain);
        }
    }

    /** Guarded by the lock: whether the caller has to wake the loop for the outbox. */
    private boolean startsDrain() {
        boolean starts = !drainScheduled && !session.outbox().isEmpty();
        drainScheduled |= starts;
        return starts;
    }

    /** Completes futures that nothing but a blocked thread depends on: the executor's thread may be the one that waits. */
    private static void finish(@Nullable Exchange<?> chain) {
        for (Exchange<?> rest = chain; rest != null; ) {
            Exchange<?> next = rest.next();
            rest.unlinkAndFinish();
            rest = next;
        }
    }

    /** Guarded by the lock: who waits for room in the queue looks again. */
    private void roomMade() {
        if (room != null && waitingForRoom > 0) {
            room.signalAll();
        }
    }

    // ---- any thread ----

    void run(Consumer<Session> work) {
        acquire();
        try {
            work.accept(session);
        } finally {
            release();
        }
    }

    <R> R call(Function<Session, R> work) {
        acquire();
        try {
            return work.apply(session);
        } finally {
            release();
        }
    }

    /** Gives a request to the session unless nothing is accepted at present. Null: it is accepted, else why it is not. */
    @Nullable
    Failure request(Function<Session, @Nullable Failure> request) {
        acquire();
        try {
            return closedTo != null ? closedTo : request.apply(session);
        } finally {
            release();
        }
    }

    /** The same for a publish. */
    @Nullable
    Failure publish(PublishExchange<?> publish, long now) {
        acquire();
        try {
            if (closedTo != null) {
                return closedTo;
            }
            Failure refused = session.publish(publish, now);
            if (session.needsTimeOfQueued()) {
                session.queuedAt(loop.nanoTime());
            }
            return refused;
        } finally {
            release();
        }
    }

    /**
     * Gives the next publishes of a batch to the session, in their order, until one finds no room. Null: all of them were taken, or
     * refused each for a reason of its own; else why the one at {@link BatchExchange#offered} is not taken.
     *
     * @param messages of the whole batch
     * @param parts gives the publish of the message at an index, for those that are followed
     * @param end index of the first that is not given now
     */
    @Nullable
    Failure publish(BatchExchange<?> batch, Message[] messages, IntFunction<BatchedPublish> parts, int end, long now) {
        acquire();
        try {
            if (closedTo != null) {
                return closedTo;
            }
            Failure full = null;
            long queuedAt = 0;
            while (full == null && batch.offered() < end) {
                int next = batch.offered();
                if (session.publishNextNow(batch, messages[next])) {
                    continue;
                }
                full = session.publishNext(parts.apply(next), now);
                if (session.needsTimeOfQueued()) {
                    queuedAt = queuedAt == 0 ? loop.nanoTime() : queuedAt;
                    session.queuedAt(queuedAt);
                }
            }
            if (batch.offered() == batch.size()) {
                batch.published();
            }
            return full;
        } finally {
            release();
        }
    }

    /** Sends a message of QoS 0 that nobody follows, if that is possible at once. It makes no message and no result due. */
    boolean publishNow(Message message) {
        boolean sent;
        boolean wake;
        acquire();
        try {
            sent = closedTo == null && session.publishNow(message);
            wake = startsDrain();
        } finally {
            lock.unlock();
        }
        if (wake) {
            loop.execute(drain);
        }
        return sent;
    }

    /** Waits until the queue has room for this many bytes, or waiting is pointless. Returns the time that is left. */
    long awaitRoom(int bytes, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            waitingForRoom++;
            if (room == null) {
                room = lock.newCondition();
            }
            while (closedTo == null && !session.hasQueueRoom(bytes) && left > 0) {
                left = room.awaitNanos(left);
            }
        } finally {
            waitingForRoom--;
            lock.unlock(); // no work was done that anything could follow from
        }
        return left;
    }

    /** Requests are accepted from now on, since a connection is about to be made; not by a client that is closed. */
    void expectConnection() {
        run(locked -> {
            if (closedTo != null && closedTo.kind() == Failure.Kind.NOT_CONNECTED) {
                closedTo = null;
            }
        });
    }

    /** From now on nothing is accepted, for this reason; null: requests are accepted again. */
    void setClosedTo(@Nullable Failure reason) {
        run(locked -> {
            closedTo = reason;
            roomMade();
        });
    }

    // ---- event loop ----

    /** What became of the outbox in one step of {@link #drain}. */
    enum Drained {
        /** It is empty. */
        EMPTY,
        /** Parts were taken; there may be more. */
        TAKEN,
        /** Its bytes have to wait for the session store, which calls back. */
        WAITING
    }

    /** Empties the outbox by one step. Until it is empty, whoever drains it comes back by itself. */
    Drained drain(Function<Session, Drained> step) {
        acquire();
        try {
            Drained drained = step.apply(session);
            drainScheduled = drained != Drained.EMPTY;
            roomMade();
            return drained;
        } finally {
            release();
        }
    }

    /** Guarded by the lock: what was in the outbox is gone with its connection. */
    void outboxCleared() {
        drainScheduled = false;
    }
}
