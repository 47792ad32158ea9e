package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.EndedExchanges;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.transport.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of exchanges that have ended, in the order in which they ended. Dependents of a future run where
 * it is completed, so that is never the event loop: one task of the executor at a time, a {@link Walk}, takes what has
 * ended and completes it.
 *
 * <p>Messages that arrived behind a result wait for it: {@link #passes} says whether it was delivered, and calls back.
 *
 * <p>Futures without dependents may wait for more of them, a millisecond at most, so that a burst does not cost a wake-up
 * of its own. Who joins one of them does not wait for that, see {@link JoinWaiters}.
 *
 * <p>A dependent may block, even for a later future of its own chain. So the event loop looks after the walk: if it has not
 * moved between two looks and its thread waits for something, another one takes over behind the exchange where it is stuck. A
 * thread that waits for nothing has merely got no processor, or the garbage collector has stopped it, and messages must not
 * overtake the result for that; or it computes, or waits in native code, for which more looks go by.
 */
final class FutureCompleter implements GuardedSession.Work {
    /** Between two looks at the walk. */
    private static final long LOOK_NANOS = 10_000_000;

    /** After this many looks, half a second, a walk that has not moved is stuck whatever its thread does. */
    private static final int LOOKS = 50;

    private static final long DEFER_NANOS = 1_000_000;

    /** At most this many futures wait for more of them. */
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
    private final CallContext context;
    private final EventLoop loop;
    private final GuardedSession session;
    private final boolean onLoop;
    private final Predicate<Thread> waits;

    // Guarded by the session's lock.
    /** The walk whose turn it is; null: none is under way. */
    private @Nullable Walk current;

    private boolean deferring;
    /** Whether the walk that is under way also completes what could wait for more. */
    private boolean takesAll;

    private boolean looking;
    /** Who waits until this many exchanges are completed; {@link Long#MAX_VALUE}: nobody. */
    private long gate = Long.MAX_VALUE;

    private @Nullable Runnable behindGate;

    /** How many exchanges are completed, of all that ever ended. Written under the session's lock. */
    private volatile long completed;

    /** @param onLoop whether the executor is the event loop, which then cannot look after it */
    FutureCompleter(Executor executor, CallContext context, EventLoop loop, GuardedSession session, boolean onLoop) {
        this(executor, context, loop, session, onLoop, FutureCompleter::isWaiting);
    }

    /** @param waits whether a thread that is where it was waits for something, for tests */
    FutureCompleter(
            Executor executor,
            CallContext context,
            EventLoop loop,
            GuardedSession session,
            boolean onLoop,
            Predicate<Thread> waits) {
        this.executor = executor;
        this.context = context;
        this.loop = loop;
        this.session = session;
        this.onLoop = onLoop;
        this.waits = waits;
    }

    private static boolean isWaiting(Thread thread) {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            case NEW, RUNNABLE, TERMINATED -> false;
        };
    }

    // ---- starting a walk ----

    @Override
    public boolean claim(Session locked) {
        EndedExchanges ended = locked.ended();
        Walk walk = current;
        if (walk != null && walk.unstarted) {
            walk.unstarted = false;
            return true;
        }
        if (ended.isEmpty() || isDeferred(ended) || walk != null) {
            return false;
        }
        begin(ended);
        return true;
    }

    /** Guarded by the session's lock: whether those that have ended may wait for more of them. */
    private boolean mayDefer(EndedExchanges ended) {
        return !onLoop && !ended.hasDependents() && ended.size() <= DEFERRED;
    }

    /** Guarded by the session's lock: whether they do. Only the event loop starts the timer; another thread would have to wake it. */
    private boolean isDeferred(EndedExchanges ended) {
        if (mayDefer(ended) && !deferring && loop.inLoop()) {
            loop.schedule(this::completeAll, DEFER_NANOS);
            deferring = true; // not if there was no memory for the timer
        }
        return deferring && mayDefer(ended);
    }

    /** Guarded by the session's lock. */
    private Walk begin(EndedExchanges ended) {
        Walk walk = new Walk();
        walk.take(ended);
        walk.watched = !looking && !onLoop;
        looking |= walk.watched;
        current = walk;
        return walk;
    }

    @Override
    public void start() {
        Walk walk = current; // this thread has just begun it; nothing replaces it before it runs
        if (walk != null) {
            start(walk);
        }
    }

    private void start(Walk walk) {
        try {
            if (walk.watched) {
                loop.schedule(this::look, LOOK_NANOS);
            }
            executor.execute(walk);
        } catch (OutOfMemoryError later) {
            walk.unstarted = true;
            throw later;
        }
    }

    /** The event loop was started again; what it had to do here may not have been done. Event loop. */
    void restarted() {
        Walk[] stopped = new Walk[1];
        session.run(locked -> {
            Walk walk = current;
            if (walk != null && walk.unstarted) {
                walk.unstarted = false;
                stopped[0] = walk;
            }
            looking = walk != null && !onLoop;
        });
        if (looking) {
            loop.schedule(this::look, LOOK_NANOS);
        }
        if (stopped[0] != null) {
            start(stopped[0]);
        }
        completeAll();
    }

    /** Completes what has ended and waits for more; if a walk is under way, that does it. */
    void completeAll() {
        Walk begun = session.call(this::beginAll);
        if (begun != null) {
            start(begun);
        }
    }

    /** Guarded by the session's lock. Null: nothing has ended, or a walk is under way and takes it. */
    private @Nullable Walk beginAll(Session locked) {
        deferring = false;
        takesAll = current != null;
        return current == null && !locked.ended().isEmpty() ? begin(locked.ended()) : null;
    }

    // ---- messages behind results ----

    /** Whether this many exchanges are completed. Any thread. */
    boolean hasCompleted(long exchanges) {
        return exchanges <= completed;
    }

    /**
     * Whether this many exchanges are completed, as they are once the calling thread, which is one of the executor, has completed
     * them: waking another one for that, and then this one again, would take longer. If another thread is at it, or this one blocks
     * meanwhile in what depends on a future, {@code resume} runs on the executor once they are.
     *
     * @param resume only one may wait at a time
     */
    boolean passes(long exchanges, Runnable resume) {
        Walk[] begun = new Walk[1];
        boolean passed = session.call(locked -> {
            if (exchanges <= completed) {
                return true;
            }
            gate = exchanges;
            behindGate = resume;
            begun[0] = beginAll(locked);
            return false;
        });
        return passed || begun[0] != null && begun[0].runFor(resume);
    }

    /** Guarded by the session's lock: notes what is completed and returns who waited for that. */
    private @Nullable Runnable passed(long exchanges) {
        completed = Math.max(completed, exchanges);
        Runnable waiting = behindGate;
        if (waiting == null || gate > completed) {
            return null;
        }
        gate = Long.MAX_VALUE;
        behindGate = null;
        return waiting;
    }

    private void resume(@Nullable Runnable waiting) {
        if (waiting != null) {
            executor.execute(waiting);
        }
    }

    /** Completes the futures of a chain, one after the other, and then of what has ended meanwhile. */
    private final class Walk implements Runnable {
        /** What is left behind the exchange that is being completed. Taken by whoever swaps it: this walk or the next. */
        private @Nullable Exchange<?> rest;

        // The thread that runs it only.
        /** Who goes on, on the same thread, once it has passed the gate. */
        private @Nullable Runnable next;

        private boolean hasPassed;

        // Guarded by the session's lock.
        /** How many exchanges are completed at the end of the chain. */
        private long end;

        /** Whether it is the first that the event loop has to look after. */
        private boolean watched;

        /** Whether there was no memory to start it. Any thread. */
        private volatile boolean unstarted;

        /** Written by the walk, read by the event loop; null: it has not started. */
        private volatile @Nullable Thread thread;

        // Event loop only.
        private @Nullable Exchange<?> seen;
        private long seenEnd = -1;
        /** At how many looks in a row it was where it is. */
        private int looks;

        /** Guarded by the session's lock. */
        void take(EndedExchanges ended) {
            REST.setRelease(this, ended.take());
            end = ended.total();
        }

        @Override
        public void run() {
            ClassLoader before = context.enter();
            try {
                completeChain();
            } finally {
                context.exit(before);
            }
        }

        /** Runs it on the calling thread. Returns whether that goes on behind the gate; if not, the executor does. */
        boolean runFor(Runnable waiting) {
            next = waiting;
            try {
                if (watched) {
                    loop.schedule(FutureCompleter.this::look, LOOK_NANOS);
                }
                run();
            } catch (OutOfMemoryError interrupted) {
                next = null;
                unstarted = true; // whoever uses the session next has the executor run what is left
            }
            return hasPassed;
        }

        private void completeChain() {
            thread = Thread.currentThread();
            do {
                for (Exchange<?> at = (Exchange<?>) REST.getAcquire(this); at != null; ) {
                    Exchange<?> next = at.next();
                    if (!REST.compareAndSet(this, at, next)) {
                        return; // another walk has taken over
                    }
                    at.unlinkAndFinish();
                    CallContext.betweenCalls();
                    at = next;
                }
            } while (takeMore());
        }

        private boolean takeMore() {
            Runnable[] waiting = new Runnable[1];
            boolean more = session.call(locked -> {
                if (current != this) {
                    return false;
                }
                Runnable behind = passed(end);
                hasPassed = behind != null && behind == next;
                waiting[0] = hasPassed ? null : behind;
                EndedExchanges ended = locked.ended();
                boolean leaves = deferring && !takesAll && behindGate == null && mayDefer(ended);
                takesAll = false;
                if (ended.isEmpty() || leaves || hasPassed) {
                    current = null; // what is left is another walk's
                    return false;
                }
                take(ended);
                return true;
            });
            resume(waiting[0]);
            return more;
        }

        /** Whether it blocks where it was at the last look. Guarded by the session's lock, on the event loop. */
        boolean isStuck() {
            Thread runs = thread;
            if (runs == null) {
                return false;
            }
            Exchange<?> now = (Exchange<?>) REST.getAcquire(this);
            looks = now == seen && end == seenEnd ? looks + 1 : 1;
            seen = now;
            seenEnd = end;
            return looks > 1 && (looks > LOOKS || waits.test(runs));
        }
    }

    // ---- dependents that block ----

    private void look() {
        Walk[] successor = new Walk[1];
        Runnable[] waiting = new Runnable[1];
        boolean again = session.call(locked -> {
            Walk walk = current;
            if (walk != null && walk.isStuck()) {
                successor[0] = takeOver(walk, locked.ended());
                waiting[0] = successor[0] == null ? null : passed(successor[0].end - length(successor[0].rest));
            }
            looking = current != null;
            return looking;
        });
        if (successor[0] != null) {
            executor.execute(successor[0]);
        }
        resume(waiting[0]);
        if (again) {
            loop.schedule(this::look, LOOK_NANOS);
        }
    }

    /** Guarded by the session's lock. Null: the walk has moved after all. */
    private @Nullable Walk takeOver(Walk stuck, EndedExchanges ended) {
        Exchange<?> rest = (Exchange<?>) REST.getAcquire(stuck);
        if (rest != null && !REST.compareAndSet(stuck, rest, null)) {
            return null;
        }
        Walk next = new Walk();
        if (rest == null) {
            next.take(ended);
        } else {
            next.rest = rest;
            next.end = stuck.end;
        }
        current = next;
        return next;
    }

    private static int length(@Nullable Exchange<?> chain) {
        int length = 0;
        for (Exchange<?> each = chain; each != null; each = each.next()) {
            length++;
        }
        return length;
    }
}
