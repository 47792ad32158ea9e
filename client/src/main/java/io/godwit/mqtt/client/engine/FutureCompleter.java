package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.transport.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of exchanges that have ended. What an application has made depend on a future runs where it is
 * completed, so that is never the event loop: a chain of ended exchanges goes to the executor as one task, a {@link Walk}.
 * Those for which only a blocked thread waits are completed at once, because the executor's thread may be the one that
 * waits.
 *
 * <p>Futures of which nothing depends yet may wait for more of them, a millisecond at most: so a burst does not cost a
 * wake-up of its own. Who joins one of them does not wait for that, see {@link JoinWaiters}.
 *
 * <p>A dependent may block, even for a later future of its own chain. So the event loop looks after the walks: when one
 * has not moved between two looks, another walk begins behind the place where it stands.
 */
final class FutureCompleter {
    /** Between two looks at the walks. */
    private static final long LOOK_NANOS = 10_000_000;

    private static final long DEFER_NANOS = 1_000_000;

    /** So many futures wait for more of them at most. */
    private static final int DEFERRED = 4096;

    private static final VarHandle REST;

    static {
        try {
            REST = MethodHandles.lookup().findVarHandle(Walk.class, "rest", Exchange.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // Set once.
    private final Executor executor;
    private final EventLoop loop;
    private final JoinWaiters joins;
    private final boolean onLoop;

    // Event loop only.
    private @Nullable Exchange<?> deferredFirst;
    private @Nullable Exchange<?> deferredLast;
    private int deferred;
    private boolean deferring;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final List<Walk> walks = new ArrayList<>(0);
    private boolean looking;

    /** @param onLoop whether the executor is the event loop, which then cannot look after it */
    FutureCompleter(Executor executor, EventLoop loop, JoinWaiters joins, boolean onLoop) {
        this.executor = executor;
        this.loop = loop;
        this.joins = joins;
        this.onLoop = onLoop;
    }

    void finish(@Nullable Exchange<?> chain) {
        Exchange<?> first = null;
        Exchange<?> last = null;
        int count = 0;
        boolean awaited = false;
        for (Exchange<?> rest = chain; rest != null; ) {
            if (rest.isWaited()) {
                rest = rest.finishAndUnlink();
                if (last != null) {
                    last.link(rest);
                }
            } else {
                first = first == null ? rest : first;
                last = rest;
                count++;
                awaited |= rest.getNumberOfDependents() > 0;
                rest = rest.next();
            }
        }
        if (first == null || last == null) {
            return;
        }
        joins.wake();
        if (onLoop || !loop.inLoop()) {
            executor.execute(new Walk(first));
            return;
        }
        defer(first, last, count);
        if (awaited || deferred > DEFERRED) {
            finishDeferred();
        } else if (!deferring) {
            deferring = true;
            loop.schedule(
                    () -> {
                        deferring = false;
                        finishDeferred();
                    },
                    DEFER_NANOS);
        }
    }

    private void defer(Exchange<?> first, Exchange<?> last, int count) {
        Exchange<?> before = deferredLast;
        if (before == null) {
            deferredFirst = first;
        } else {
            before.link(first);
        }
        deferredLast = last;
        deferred += count;
    }

    /** Lets go of those that wait for more of them. Event loop. */
    void finishDeferred() {
        Exchange<?> first = deferredFirst;
        if (first != null) {
            deferredFirst = null;
            deferredLast = null;
            deferred = 0;
            executor.execute(new Walk(first));
        }
    }

    /**
     * Completes the futures of a chain, one after the other. Two walks may meet in one chain, when the first goes on after
     * all; that does no harm, since a future completes once, and both are looked after until they end.
     */
    private final class Walk implements Runnable {
        /** What is left behind the exchange that is being completed. Written by the walk, read by the event loop. */
        private @Nullable Exchange<?> rest;

        // Event loop only.
        private @Nullable Exchange<?> seen;
        private @Nullable Exchange<?> passedOn;

        Walk(Exchange<?> first) {
            rest = first;
        }

        @Override
        public void run() {
            Exchange<?> first = rest;
            boolean alone = onLoop || first == null || first.next() == null;
            if (!alone) {
                begun(this);
            }
            try {
                for (Exchange<?> at = first; at != null; ) {
                    Exchange<?> next = at.next();
                    REST.setRelease(this, next);
                    at.finishAndUnlink();
                    at = next;
                }
            } finally {
                if (!alone) {
                    ended(this);
                }
            }
        }

        /** The rest of a walk that has not moved since the last look, once. Event loop. */
        @Nullable
        Exchange<?> stuckBefore() {
            Exchange<?> now = (Exchange<?>) REST.getAcquire(this);
            boolean stuck = now != null && now == seen && now != passedOn;
            seen = now;
            if (stuck) {
                passedOn = now;
            }
            return stuck ? now : null;
        }
    }

    private void begun(Walk walk) {
        boolean look;
        lock.lock();
        try {
            walks.add(walk);
            look = !looking;
            looking = true;
        } finally {
            lock.unlock();
        }
        if (look) {
            loop.schedule(this::look, LOOK_NANOS);
        }
    }

    private void ended(Walk walk) {
        lock.lock();
        try {
            walks.remove(walk);
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        List<Walk> more = new ArrayList<>(0);
        boolean again;
        lock.lock();
        try {
            for (Walk walk : walks) {
                Exchange<?> left = walk.stuckBefore();
                if (left != null) {
                    more.add(new Walk(left));
                }
            }
            again = !walks.isEmpty();
            looking = again;
        } finally {
            lock.unlock();
        }
        more.forEach(executor::execute);
        if (again) {
            loop.schedule(this::look, LOOK_NANOS);
        }
    }
}
