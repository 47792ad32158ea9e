package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What all ways to call a client's handlers have in common: threads, timers, policies, and that they end with the client. */
final class HandlerCalls {
    /** Bytes that a message takes beside its topic and payload, roughly. */
    private static final int OVERHEAD = 64;

    // Set once.
    final HandlerFailures failures;
    private final GuardedSession session;
    private final HandlerThread threads;
    private final EventLoop loop;
    private final Executor executor;
    private final CallContext context;
    private final @Nullable MessageHooks hooks;
    private final String clientId;
    private final Runnable handlersDone;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Set<Timer> timers = new HashSet<>();

    // Any thread.
    /** The client is closed: no handler is called any more. */
    private volatile boolean stopped;
    /** No more messages come: nothing waits for them. */
    private volatile boolean flushed;

    /** @param handlersDone called when handlers have returned, without the session's lock */
    HandlerCalls(
            GuardedSession session,
            ClientConfig config,
            HandlerThread threads,
            Notifier notifier,
            HandlerFailures failures,
            Runnable handlersDone) {
        this.session = session;
        this.threads = threads;
        this.loop = config.loop();
        this.executor = notifier.executor();
        this.context = notifier.context();
        this.hooks = notifier.hooks();
        this.clientId = config.clientId();
        this.failures = failures;
        this.handlersDone = handlersDone;
        threads.expectOthers();
    }

    /**
     * Gives a message to a handler that is not called in line. It counts as waiting until it is handled.
     *
     * @param leaves the batch that it leaves for this handler; null: it stays there, or has left before
     * @param index its place in that
     */
    void add(
            RegisteredHandler.DetachedCalls calls,
            RegisteredHandler receiver,
            Settlement share,
            Inbox.@Nullable Batch leaves,
            int index) {
        int weight = weight(share.message());
        session.run(locked -> {
            if (leaves != null) {
                locked.inbox().move(leaves, index, weight);
            } else {
                locked.inbox().later(weight);
            }
        });
        calls.add(receiver, share);
    }

    private static int weight(Message message) {
        return message.topic().length() + message.payload().length + OVERHEAD;
    }

    // ---- one call ----

    /** Application code that may throw anything. */
    interface Code {
        void run() throws Exception;
    }

    /** Watches the calls of a handler with these messages. */
    Watch watch(List<Settlement> shares) {
        return new Watch(shares);
    }

    /** The calls of a handler outside the line with one message or batch: one, or several while it fails. One thread at a time. */
    final class Watch {
        private final List<Settlement> shares;
        private boolean begun;
        private long nanos;
        private @Nullable Throwable failure;

        Watch(List<Settlement> shares) {
            this.shares = shares;
        }

        /** Runs it. Returns what it has thrown. */
        @Nullable
        Throwable run(Code handler) {
            if (hooks != null && !begun) {
                shares.stream()
                        .filter(share -> share.handling() == null)
                        .forEach(share -> hooks.messageReceived(share.message()));
            }
            begun = true;
            Message only = shares.size() == 1 ? shares.get(0).message() : null;
            Object recording = JfrEvents.recordsHandlers() ? JfrEvents.handling() : null;
            if (hooks != null && only != null) {
                hooks.handling(only);
            }
            failure = call(handler);
            if (hooks != null && only != null) {
                hooks.handlingEnded(only);
            }
            if (recording != null) {
                int bytes = shares.stream()
                        .mapToInt(share -> share.message().payload().length)
                        .sum();
                JfrEvents.handled(recording, clientId, shares.get(0).message().topic(), bytes);
            }
            return failure;
        }

        private @Nullable Throwable call(Code handler) {
            threads.enter();
            long began = loop.nanoTime();
            try {
                handler.run();
                return null;
            } catch (Throwable thrown) {
                return thrown;
            } finally {
                nanos += loop.nanoTime() - began;
                threads.leave();
                CallContext.betweenCalls();
            }
        }

        /** The messages are handled, failed for good, or given up with the client. */
        void end() {
            int handled = 0;
            for (Settlement share : shares) {
                handled += endOf(share) ? 1 : 0;
            }
            int messages = handled;
            session.run(locked -> {
                Inbox inbox = locked.inbox();
                shares.forEach(share -> inbox.ended(weight(share.message())));
                locked.counters().handled(messages, nanos);
            });
            handlersDone.run();
        }

        /** Whether the message is handled with it. */
        private boolean endOf(Settlement share) {
            MessageHandling all = share.handling();
            if (all != null) {
                return all.end(nanos, failure);
            }
            if (hooks != null) {
                hooks.messageHandled(share.message(), nanos, failure);
            }
            return true;
        }
    }

    // ---- threads and timers ----

    /** Runs a task where the application's code runs. */
    void execute(Runnable task) {
        executor.execute(context.around(task));
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isFlushed() {
        return flushed;
    }

    /**
     * Runs a task on the executor after some time, as it waits for more messages: at once when none come any more, not at all
     * when the client is closed before.
     */
    Cancellable linger(Runnable then, long nanos) {
        return schedule(new Timer(then, null), nanos);
    }

    /**
     * Calls a handler again on the executor after some time.
     *
     * @param givenUp runs in its place when the client is closed before
     */
    void retry(Runnable then, long nanos, Runnable givenUp) {
        schedule(new Timer(then, givenUp), nanos);
    }

    private Cancellable schedule(Timer timer, long nanos) {
        boolean late = false;
        lock.lock();
        try {
            if (stopped) {
                late = true;
            } else {
                timers.add(timer);
                timer.scheduled = loop.schedule(timer, timer.givenUp == null && flushed ? 0 : nanos);
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            giveUp(timer);
        }
        return timer;
    }

    private final class Timer implements Runnable, Cancellable {
        private final Runnable then;
        /** Null: it lingers. */
        private final @Nullable Runnable givenUp;
        /** Guarded by the lock. */
        private @Nullable Cancellable scheduled;

        Timer(Runnable then, @Nullable Runnable givenUp) {
            this.then = then;
            this.givenUp = givenUp;
        }

        @Override
        public void run() {
            if (remove(this)) {
                execute(then);
            }
        }

        @Override
        public void cancel() {
            if (remove(this) && scheduled != null) {
                scheduled.cancel();
            }
        }
    }

    private boolean remove(Timer timer) {
        lock.lock();
        try {
            return timers.remove(timer);
        } finally {
            lock.unlock();
        }
    }

    // ---- the end ----

    /** No more messages come: those that were collected are handled now. */
    void flush() {
        List<Timer> due = new ArrayList<>();
        lock.lock();
        try {
            flushed = true;
            timers.stream().filter(timer -> timer.givenUp == null).forEach(due::add);
        } finally {
            lock.unlock();
        }
        for (Timer timer : due) {
            timer.run();
            cancel(timer);
        }
    }

    /** More messages may come. */
    void resume() {
        flushed = false;
    }

    /** The client is closed. */
    void stop() {
        List<Timer> all;
        lock.lock();
        try {
            stopped = true;
            all = List.copyOf(timers);
            timers.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(timer -> {
            cancel(timer);
            giveUp(timer);
        });
    }

    private static void giveUp(Timer timer) {
        if (timer.givenUp != null) {
            timer.givenUp.run();
        }
    }

    private static void cancel(Timer timer) {
        if (timer.scheduled != null) {
            timer.scheduled.cancel();
        }
    }
}
