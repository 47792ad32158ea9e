package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers: takes batches from the session's inbox and calls the handlers of each message, in order. At most one
 * thread is in here for a client. It only counts what it has passed; that is acknowledged under the session's lock at the
 * end of the batch, after some of a long one, or by the event loop every few milliseconds while a batch is slow. When too much waits for the
 * handlers, or too many answers for the broker, the connection is not read until they have caught up.
 */
final class MessageDispatcher implements Runnable {
    private static final long PROGRESS_NANOS = 2_000_000;

    /** After so many messages of a batch those that are handled are acknowledged. */
    private static final int STEP = 128;

    /** A full inbox is read on when it is down to this part of its bounds. */
    private static final double RESUME = 0.5;

    /**
     * While a handler blocks in a call of its own client, reading goes on up to so many times the bounds: the answer that
     * it waits for stands behind messages that cannot be handled before it.
     */
    private static final double LIFTED = 16;

    /** Above so many bytes of answers that the broker has not taken, it is not read: it would only ask for more. */
    private static final int MOST_ANSWERS = 256 * 1024;

    // Set once.
    private final ClientCore core;
    private final Executor executor;
    private final Runnable acknowledgeProgress = this::acknowledgeProgress;
    private final boolean onLoop;

    // Under the session's lock.
    private boolean running;
    private boolean progressScheduled;
    private Inbox.@Nullable Batch current;
    private int acknowledged;

    // Written by the running thread only.
    /** Messages of the present batch whose handlers have returned. */
    private volatile int progress;

    private volatile @Nullable Thread runner;
    /** Whether the handler blocks in a call of this client. */
    private volatile boolean lifted;

    // Written by the event loop only.
    private volatile boolean paused;

    MessageDispatcher(ClientCore core, Executor executor) {
        this.core = core;
        this.executor = executor;
        this.onLoop = core.config.onEventLoop();
    }

    // ---- batches ----

    /** Under the session's lock: whether the caller has to {@link #start} it. */
    boolean claim() {
        if (running || !core.session.inbox().hasNext()) {
            return false;
        }
        running = true;
        return true;
    }

    void start() {
        executor.execute(this);
    }

    @Override
    public void run() {
        for (Inbox.Batch batch = next(null); batch != null; batch = next(batch)) {
            runner = Thread.currentThread();
            for (int i = 0; i < batch.size(); i++) {
                deliver(batch, i);
                progress = i + 1;
                if ((i + 1) % STEP == 0 && batch.token(i) != 0) {
                    acknowledgeStep(batch, i + 1);
                }
            }
            progress = 0;
            runner = null;
        }
    }

    /** Acknowledges what is left of a batch and takes the next one; null when there is none. */
    private Inbox.@Nullable Batch next(Inbox.@Nullable Batch done) {
        Inbox.Batch next;
        boolean watch;
        boolean resume;
        core.acquire();
        try {
            Inbox inbox = core.session.inbox();
            if (done != null) {
                acknowledge(done, done.size());
                inbox.giveBack(done);
            }
            next = inbox.take();
            current = next;
            acknowledged = 0;
            running = next != null;
            watch = next != null && next.size() > 1 && !progressScheduled && !onLoop;
            progressScheduled |= watch;
            resume = paused && !isAbove(RESUME);
        } finally {
            core.release();
        }
        if (watch) {
            core.loop.schedule(acknowledgeProgress, PROGRESS_NANOS);
        }
        if (resume) {
            core.loop.execute(this::resume);
        }
        return next;
    }

    /** What a long batch has done is acknowledged before its end, so that the broker can go on meanwhile. */
    private void acknowledgeStep(Inbox.Batch batch, int upTo) {
        core.acquire();
        try {
            acknowledge(batch, upTo);
        } finally {
            core.release();
        }
    }

    private void acknowledge(Inbox.Batch batch, int upTo) {
        for (; acknowledged < upTo; acknowledged++) {
            int token = batch.token(acknowledged);
            if (token != 0) {
                core.session.handled(token);
            }
        }
    }

    /** Acknowledges what a slow batch has done so far. Event loop. */
    private void acknowledgeProgress() {
        boolean again;
        core.acquire();
        try {
            Inbox.Batch batch = current;
            if (batch != null) {
                acknowledge(batch, Math.min(progress, batch.size()));
            }
            again = batch != null;
            progressScheduled = again;
        } finally {
            core.release();
        }
        if (again) {
            core.loop.schedule(acknowledgeProgress, PROGRESS_NANOS);
        }
    }

    // ---- one message ----

    private void deliver(Inbox.Batch batch, int index) {
        Message message = batch.message(index);
        int manual = 0;
        for (Object receiver : batch.route(index)) {
            MessageHandler handler = ((Handler) receiver).automatic();
            if (handler == null) {
                manual++;
            } else {
                call(handler, message);
            }
        }
        if (manual > 0) {
            deliverManually(batch, index, message, manual);
        }
    }

    private void deliverManually(Inbox.Batch batch, int index, Message message, int handlers) {
        int token = batch.token(index);
        batch.clearToken(index);
        AtomicInteger missing = new AtomicInteger(handlers);
        for (Object receiver : batch.route(index)) {
            ManualHandler handler = ((Handler) receiver).manual();
            if (handler != null) {
                call(handler, message, acknowledgement(token, missing));
            }
        }
    }

    /** The message is acknowledged when each of the handlers that do so by hand has done it, once. */
    private Acknowledgement acknowledgement(int token, AtomicInteger missing) {
        AtomicInteger own = new AtomicInteger(1);
        return () -> {
            if (token != 0 && own.getAndSet(0) == 1 && missing.decrementAndGet() == 0) {
                core.handled(token);
            }
        };
    }

    private void call(MessageHandler handler, Message message) {
        try {
            handler.handle(message);
        } catch (Throwable failure) {
            core.handlerFailed(message, failure);
        }
    }

    private void call(ManualHandler handler, Message message, Acknowledgement acknowledgement) {
        try {
            handler.handle(message, acknowledgement);
        } catch (Throwable failure) {
            core.handlerFailed(message, failure);
        }
    }

    // ---- back-pressure ----

    /** Under the session's lock: whether reading is stopped by the handlers, so that silence proves nothing. */
    boolean isPausedByHandlers() {
        return paused && !hasAnswersAbove(MOST_ANSWERS / 2);
    }

    /** A new connection is being read. Event loop. */
    void opened() {
        paused = false;
    }

    /** Stops reading when too much waits. Event loop. */
    void pauseIfFull(Connection connection) {
        if (!paused && isFull()) {
            paused = true;
            connection.setReading(false);
            resume(); // the handlers may have caught up before they could see the pause
        }
    }

    /** The connection has taken bytes. Event loop. */
    void drained() {
        if (paused) {
            resume();
        }
    }

    private void resume() {
        Connection connection = core.connection();
        if (!paused || connection == null) {
            return;
        }
        core.acquire();
        boolean more;
        try {
            more = !isAbove(lifted ? LIFTED : RESUME) && !hasAnswersAbove(MOST_ANSWERS / 2);
        } finally {
            core.release();
        }
        if (more) {
            paused = false;
            connection.setReading(true);
        }
    }

    private boolean isFull() {
        core.acquire();
        try {
            return isAbove(lifted ? LIFTED : 1) || hasAnswersAbove(MOST_ANSWERS);
        } finally {
            core.release();
        }
    }

    /** Under the session's lock: whether more waits for the handlers than so many times the bounds. */
    private boolean isAbove(double times) {
        Inbox inbox = core.session.inbox();
        ClientConfig config = core.config;
        return inbox.waiting() > times * config.inboxMessages() || inbox.waitingBytes() > times * config.inboxBytes();
    }

    private boolean hasAnswersAbove(int bytes) {
        return core.session.outbox().answers() > bytes;
    }

    // ---- blocking calls ----

    /** The calling thread is about to block in a call of this client. Returns whether it is the handlers' thread. */
    boolean blocks() {
        if (Thread.currentThread() != runner) {
            return false;
        }
        lifted = true;
        if (paused) {
            core.loop.execute(this::resume);
        }
        return true;
    }

    /** It goes on; {@code inHandler} is what {@link #blocks} returned. */
    void goesOn(boolean inHandler) {
        if (inHandler) {
            lifted = false;
        }
    }
}
