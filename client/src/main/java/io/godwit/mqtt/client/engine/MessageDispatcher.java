package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.session.Handler;
import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionEvent;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers: takes batches from the session's inbox and calls the handlers of each message, in order. At most one
 * thread is in here for a client. A message waits until the results that arrived before it are delivered.
 *
 * <p>Messages that are handled are only counted; they are acknowledged under the session's lock at the end of the batch,
 * after some of a long one, or by the event loop every few milliseconds while a batch is slow.
 */
final class MessageDispatcher implements Runnable, GuardedSession.Work {
    private static final long PROGRESS_NANOS = 2_000_000;
    private static final long NO_MEMORY_NANOS = 20_000_000;
    private static final VarHandle PROGRESS;

    /** After this many messages of a batch those that are handled are acknowledged. */
    private static final int STEP = 128;

    static {
        try {
            PROGRESS = MethodHandles.lookup().findVarHandle(MessageDispatcher.class, "progress", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // Set once.
    private final GuardedSession session;
    private final Executor executor;
    private final CallContext context;
    private final EventLoop loop;
    private final FutureCompleter completer;
    private final HandlerThread thread;
    private final Notifier notifier;
    private final HandlerFailures policies;
    private final HandlerCalls calls;
    private final Runnable handlersDone;
    private final Runnable roomMade;
    private final Runnable acknowledgeProgress = this::acknowledgeProgress;
    private final Consumer<Session> notRunning = locked -> running = false;
    private final boolean onLoop;
    private final @Nullable MessageHooks hooks;
    private final String clientId;

    // Guarded by the session's lock.
    private boolean running;
    private boolean progressScheduled;
    private int acknowledged;

    // Written by the running thread only.
    /** Changes under the session's lock. */
    private Inbox.@Nullable Batch batch;
    /** Gates of the present batch that were passed. */
    private int gates;
    /** Of the present message: which of its handlers is next, and how often that has failed. */
    private int handler;

    private int failures;
    /** Of the present message, once it is not simply acknowledged when its handlers have returned. */
    private @Nullable Settlement settlement;
    /** What the present handler was given to acknowledge with, if it does so itself. */
    private @Nullable ManualAcknowledgement acknowledgement;
    /** Messages of the present batch whose handlers have returned; written in release mode, which needs no fence for each. */
    private volatile int progress;
    /** Nanoseconds for which handlers of the present batch have run. */
    private long busy;
    /** Since when they have run again. */
    private long busySince;

    /** Messages of the present batch that are counted as handled by the last of their handlers. */
    private int countedLater;

    // Of the present message, while somebody listens.
    /** What the last call of a handler that failed for good has thrown. */
    private @Nullable Throwable failed;
    /** Nanoseconds for which its handlers ran before they were called again. */
    private long handlingNanos;

    private long handlingSince;
    /** Why a handler is called again. */
    private @Nullable Throwable retried;

    /** In how many nanoseconds it is. */
    private long retryNanos;

    /**
     * @param handlersDone called when a batch is handled, without the lock
     * @param roomMade called when some of a slow batch are handled, on the event loop without the lock
     */
    MessageDispatcher(
            GuardedSession session,
            ClientConfig config,
            FutureCompleter completer,
            HandlerThread thread,
            Notifier notifier,
            HandlerCalls calls,
            Runnable handlersDone,
            Runnable roomMade) {
        this.session = session;
        this.executor = notifier.executor();
        this.context = notifier.context();
        this.loop = config.loop();
        this.completer = completer;
        this.thread = thread;
        this.notifier = notifier;
        this.policies = calls.failures;
        this.calls = calls;
        this.handlersDone = handlersDone;
        this.roomMade = roomMade;
        this.onLoop = config.onEventLoop();
        this.hooks = notifier.hooks();
        this.clientId = config.clientId();
    }

    // ---- batches ----

    @Override
    public boolean claim(Session locked) {
        if (running || !locked.inbox().hasNext()) {
            return false;
        }
        running = true;
        return true;
    }

    @Override
    public void start() {
        try {
            executor.execute(this);
        } catch (OutOfMemoryError later) {
            session.run(notRunning); // whoever uses the session next tries again
            throw later;
        }
    }

    @Override
    public void run() {
        ClassLoader before = context.enter();
        try {
            handleBatches();
        } catch (OutOfMemoryError interrupted) {
            goOnLater();
        } finally {
            context.exit(before);
        }
    }

    /** There was no memory for more than a part of a batch. */
    private void goOnLater() {
        thread.end();
        while (true) {
            LockSupport.parkNanos(NO_MEMORY_NANOS);
            try {
                executor.execute(this);
                return;
            } catch (OutOfMemoryError again) {
                // there will be some, or the process ends
            }
        }
    }

    private void handleBatches() {
        Inbox.Batch present = batch;
        if (present == null) {
            present = next(null);
        }
        busySince = loop.nanoTime();
        while (present != null) {
            thread.begin();
            if (!deliver(present)) {
                return; // another task goes on with it, perhaps already
            }
            thread.end();
            addBusy();
            present = next(present);
        }
    }

    /** Handles the rest of a batch. False: a message has to wait for results, or a handler for its retry; this object is run again then. */
    private boolean deliver(Inbox.Batch present) {
        boolean recorded = JfrEvents.recordsHandlers();
        boolean observed = hooks != null || recorded;
        for (int i = progress; i < present.size() && !calls.isStopped(); i++) {
            long gate = present.gate(i, gates);
            if (gate != 0 && !pass(gate)) {
                return false;
            }
            if (!(observed ? deliverObserved(present, i, recorded) : deliver(present, i))) {
                callAgain(present);
                return false;
            }
            PROGRESS.setRelease(this, i + 1);
            if ((i + 1) % STEP == 0 && present.token(i) != 0) {
                acknowledgeStep(present, i + 1);
            }
        }
        if (failures > 0 && progress < present.size()) {
            endGivenUp(present); // the client was closed when the handler was to be called again
        }
        return true;
    }

    private boolean pass(long gate) {
        gates++;
        if (completer.hasCompleted(gate)) {
            return true;
        }
        thread.end();
        addBusy(); // before it is passed, when another thread may go on
        if (!completer.passes(gate, this)) {
            return false;
        }
        thread.begin();
        return true;
    }

    private void addBusy() {
        long now = loop.nanoTime();
        busy += now - busySince;
        busySince = now;
    }

    /** Acknowledges what is left of a batch and takes the next one; null if there is none. */
    private Inbox.@Nullable Batch next(Inbox.@Nullable Batch done) {
        boolean[] watch = new boolean[1];
        Inbox.Batch next = session.call(locked -> {
            Inbox inbox = locked.inbox();
            if (done != null) {
                acknowledge(locked, done, done.size());
                locked.counters().handled(progress - done.moved() - countedLater, busy);
                inbox.giveBack(done);
            }
            Inbox.Batch taken = inbox.take();
            batch = taken;
            acknowledged = 0;
            progress = 0;
            gates = 0;
            busy = 0;
            countedLater = 0;
            running = taken != null;
            watch[0] = taken != null && taken.size() > 1 && !progressScheduled && !onLoop;
            progressScheduled |= watch[0];
            return taken;
        });
        if (watch[0]) {
            loop.schedule(acknowledgeProgress, PROGRESS_NANOS);
        }
        if (done != null) {
            handlersDone.run();
        }
        return next;
    }

    /** What a long batch has done is acknowledged before its end, so that the broker can go on meanwhile. */
    private void acknowledgeStep(Inbox.Batch present, int upTo) {
        session.run(locked -> acknowledge(locked, present, upTo));
    }

    private void acknowledge(Session locked, Inbox.Batch present, int upTo) {
        for (; acknowledged < upTo; acknowledged++) {
            int token = present.token(acknowledged);
            if (token != 0) {
                locked.handled(token);
            }
        }
    }

    /** Acknowledges and releases what a slow batch has done so far. Event loop. */
    private void acknowledgeProgress() {
        boolean[] released = new boolean[1];
        boolean again = session.call(locked -> {
            Inbox.Batch present = batch;
            if (present != null) {
                int done = Math.min(progress, present.size());
                acknowledge(locked, present, done);
                released[0] = locked.inbox().release(present, done);
            }
            progressScheduled = present != null;
            return present != null;
        });
        if (released[0]) {
            roomMade.run();
        }
        if (again) {
            loop.schedule(acknowledgeProgress, PROGRESS_NANOS);
        }
    }

    // ---- one message ----

    /** Tells who listens to messages, or records, what the handlers of one do. False: as {@link #deliver(Inbox.Batch, int)}. */
    private boolean deliverObserved(Inbox.Batch present, int index, boolean recorded) {
        Handler[] route = present.route(index);
        int detached = detached(route);
        if (detached == 1 && route.length == 1) {
            return deliver(present, index); // the caller of the handler reports it
        }
        Message message = present.message(index);
        Object recording = recorded && detached < route.length ? JfrEvents.handling() : null;
        if (handler == 0 && failures == 0) {
            failed = null;
            handlingNanos = 0;
            if (hooks != null) {
                hooks.messageReceived(message);
            }
        }
        if (detached == route.length) {
            return deliver(present, index);
        }
        handlingSince = loop.nanoTime();
        if (hooks != null) {
            hooks.handling(message);
        }
        boolean done = deliver(present, index);
        if (hooks != null) {
            if (!done || detached == 0) {
                hooks.handlingEnded(message);
            }
            if (done && detached == 0) {
                hooks.messageHandled(message, handlingNanos + loop.nanoTime() - handlingSince, failed);
            }
        }
        if (recording != null) {
            JfrEvents.handled(recording, clientId, message.topic(), message.payload().length);
        }
        return done;
    }

    /** How many of the handlers are not called in line. */
    private static int detached(Handler[] route) {
        int number = 0;
        for (Handler receiver : route) {
            number += ((RegisteredHandler) receiver).detached() == null ? 0 : 1;
        }
        return number;
    }

    /** Calls the handlers of a message that are left. False: one of them has failed, and is to be called again. */
    private boolean deliver(Inbox.Batch present, int index) {
        Message message = present.message(index);
        Handler[] route = present.route(index);
        for (; handler < route.length; handler++) {
            RegisteredHandler receiver = (RegisteredHandler) route[handler];
            MessageHandler automatic = receiver.automatic();
            try {
                RegisteredHandler.DetachedCalls detached = receiver.detached();
                if (detached != null) {
                    boolean leaves = handler == 0 && detached(route) == route.length;
                    calls.add(detached, receiver, share(present, index), leaves ? present : null, index);
                } else if (automatic != null) {
                    automatic.handle(message);
                } else {
                    deliverManually(present, index, receiver);
                }
            } catch (Throwable failure) {
                if (!settleFailed(present, index, receiver, failure)) {
                    return false;
                }
            }
            CallContext.betweenCalls();
            failures = 0;
        }
        handler = 0;
        Settlement shared = settlement;
        if (shared != null) {
            settlement = null;
            MessageHandling all = shared.handling();
            if (all != null && detached(route) < route.length) {
                if (hooks != null) {
                    hooks.handlingEnded(message);
                }
                endInLine(all, failed);
            }
            shared.settle(Resolution.ACKNOWLEDGE); // those that returned
        }
        return true;
    }

    /** A share in the settlement of a message, which is then not due when its handlers have returned. */
    private Settlement share(Inbox.Batch present, int index) {
        Settlement shared = settlement;
        if (shared == null) {
            Message message = present.message(index);
            shared = new Settlement(
                            session, hooks, message, present.token(index), handling(present.route(index), message))
                    .share();
            present.clearToken(index);
            settlement = shared;
        }
        return shared.share();
    }

    /** Null: the message has one handler, or all of its handlers are called in line. */
    private @Nullable MessageHandling handling(Handler[] route, Message message) {
        int detached = detached(route);
        return route.length == 1 || detached == 0
                ? null
                : new MessageHandling(hooks, message, detached + (detached < route.length ? 1 : 0));
    }

    /** The handlers of a message that are called in line have returned; others of it may still run. */
    private void endInLine(MessageHandling all, @Nullable Throwable failure) {
        countedLater++;
        long nanos = hooks == null ? 0 : handlingNanos + loop.nanoTime() - handlingSince;
        if (all.end(nanos, failure)) {
            session.run(locked -> locked.counters().handled(1, 0)); // its time is in that of the batch
        }
    }

    private void deliverManually(Inbox.Batch present, int index, RegisteredHandler receiver) throws Exception {
        ManualAcknowledgement mine = acknowledgement;
        if (mine == null) {
            mine = new ManualAcknowledgement(share(present, index));
            acknowledgement = mine; // for retries
        }
        receiver.call(mine.settlement(), mine);
        acknowledgement = null;
    }

    /** Does as the policy of a handler that has failed says. False: it is to be called again. */
    private boolean settleFailed(Inbox.Batch present, int index, RegisteredHandler receiver, Throwable failure) {
        failures++;
        long delay = policies.report(receiver, present.message(index), failure, failures);
        if (delay >= 0) {
            CallContext.betweenCalls();
            handlingNanos += loop.nanoTime() - handlingSince;
            retried = failure;
            retryNanos = delay;
            return false;
        }
        failed = failure;
        ManualAcknowledgement manual = acknowledgement;
        acknowledgement = null;
        if (manual == null) {
            policies.resolve(receiver, failure, share(present, index));
        } else if (manual.take()) {
            policies.resolve(receiver, failure, manual.settlement());
        }
        return true;
    }

    /** Another thread goes on with the batch, perhaps at once: the last that this one does with it. */
    private void callAgain(Inbox.Batch present) {
        thread.end();
        addBusy();
        calls.retry(this, retryNanos, () -> giveUp(present));
    }

    /** The client is closed, and the handler is not called again. Called by the closing thread, once no handler runs. */
    private void giveUp(Inbox.Batch present) {
        endGivenUp(present);
        int messages = progress - present.moved() - countedLater;
        session.run(locked -> {
            locked.counters().handled(messages, busy);
            batch = null; // so that acknowledgeProgress ends
        });
    }

    private void endGivenUp(Inbox.Batch present) {
        MessageHandling all = settlement == null ? null : settlement.handling();
        int index = progress;
        progress = index + 1;
        if (all != null) {
            handlingSince = loop.nanoTime();
            endInLine(all, retried);
        } else if (hooks != null) {
            hooks.messageHandled(present.message(index), handlingNanos, retried);
        }
    }

    private void deliverPrompt(RegisteredHandler receiver, MessageHandler automatic, Message message) {
        long began = loop.nanoTime();
        if (hooks != null) {
            hooks.messageReceived(message);
            hooks.handling(message);
        }
        Throwable thrown = null;
        try {
            automatic.handle(message);
        } catch (Throwable failure) {
            thrown = failure;
            policies.report(receiver, message, failure, 1); // it counts as handled since it arrived
        }
        long nanos = loop.nanoTime() - began;
        session.run(locked -> locked.counters().handled(1, nanos));
        if (hooks != null) {
            hooks.handlingEnded(message);
            hooks.messageHandled(message, nanos, thrown);
        }
    }

    /** The answer to a request: whoever waits for it may be the handler that keeps all others waiting. */
    void deliverPrompt(SessionEvent.Prompted prompted) {
        RegisteredHandler receiver = (RegisteredHandler) prompted.handler();
        MessageHandler automatic = receiver.automatic();
        if (automatic != null) {
            notifier.background(() -> deliverPrompt(receiver, automatic, prompted.message()));
        }
    }
}
