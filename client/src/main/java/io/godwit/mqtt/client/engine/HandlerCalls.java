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
    /** For all handlers without a concurrency of their own; null: they are called in line. */
    private final @Nullable HandlerLanes shared;

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
        this.failures = failures;
        this.handlersDone = handlersDone;
        int concurrency = config.handlerOptions().concurrency();
        this.shared = concurrency > 1
                ? new HandlerLanes(this, concurrency, config.handlerOptions().key())
                : null;
    }

    /** Says who calls a handler that is about to be registered. */
    void bind(RegisteredHandler handler) {
        RegisteredHandler.Batches batches = handler.batches();
        int own = handler.options().concurrency();
        if (batches != null) {
            handler.detach(new HandlerBatches(this, handler, batches));
        } else if (own > 1) {
            handler.detach(new HandlerLanes(this, own, handler.options().key()));
        } else if (own == 0 && !handler.isPrompt()) {
            handler.detach(shared);
        }
    }

    /**
     * Gives a message to a handler that is not called in line. It counts as waiting until it is handled.
     *
     * @param leaves the batch that it leaves for this handler; null: it stays there, or has left before
     */
    void add(
            RegisteredHandler.DetachedCalls calls,
            RegisteredHandler receiver,
            Settlement share,
            Inbox.@Nullable Batch leaves) {
        int weight = weight(share.message());
        session.run(locked -> {
            if (leaves != null) {
                leaves.move(weight);
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

    /** Handlers are about to be called with these messages; {@code first}: not again. */
    Watch begin(List<Message> messages, boolean first) {
        if (hooks != null && first) {
            messages.forEach(hooks::messageReceived);
        }
        return new Watch(messages);
    }

    /** One call of a handler outside the line. */
    final class Watch {
        private final List<Message> messages;
        private final long began = loop.nanoTime();

        Watch(List<Message> messages) {
            this.messages = messages;
        }

        /** Runs it. Returns what it has thrown. */
        @Nullable
        Throwable run(Code handler) {
            threads.enter();
            try {
                handler.run();
                return null;
            } catch (Throwable failure) {
                return failure;
            } finally {
                threads.leave();
                CallContext.betweenCalls();
            }
        }

        /** The messages are handled, or failed for good. */
        void end(@Nullable Throwable failure) {
            long nanos = loop.nanoTime() - began;
            session.run(locked -> {
                Inbox inbox = locked.inbox();
                messages.forEach(message -> inbox.ended(weight(message)));
                locked.counters().handled(messages.size(), nanos);
            });
            if (hooks != null) {
                messages.forEach(message -> hooks.messageHandled(message, nanos, failure));
            }
            handlersDone.run();
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
     * Runs a task on the executor after some time, unless the client is closed before.
     *
     * @param linger whether it waits for more messages, so that it is due at once when none come any more
     */
    Cancellable schedule(Runnable then, long nanos, boolean linger) {
        Timer timer = new Timer(then, linger);
        lock.lock();
        try {
            if (!stopped) {
                timers.add(timer);
                timer.scheduled = loop.schedule(timer, linger && flushed ? 0 : nanos);
            }
        } finally {
            lock.unlock();
        }
        return timer;
    }

    private final class Timer implements Runnable, Cancellable {
        private final Runnable then;
        private final boolean linger;
        /** Guarded by the lock. */
        private @Nullable Cancellable scheduled;

        Timer(Runnable then, boolean linger) {
            this.then = then;
            this.linger = linger;
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
            timers.stream().filter(timer -> timer.linger).forEach(due::add);
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
        all.forEach(HandlerCalls::cancel);
    }

    private static void cancel(Timer timer) {
        if (timer.scheduled != null) {
            timer.scheduled.cancel();
        }
    }
}
