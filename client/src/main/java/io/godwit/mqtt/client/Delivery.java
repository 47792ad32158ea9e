package io.godwit.mqtt.client;

import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers: takes batches from the session's inbox and calls the handlers of each message, in order. At most one
 * thread is in here for a client. It acknowledges nothing by itself, it only counts: what it has passed is acknowledged
 * under the session's lock at the end of the batch, or by the event loop every few milliseconds while a batch is slow.
 */
final class Delivery implements Runnable {
    // Set once.
    private final ClientCore core;
    private final Executor executor;

    /** Messages of the present batch whose handlers have returned; written by the running thread only. */
    private volatile int progress;

    private volatile @Nullable Thread runner;

    Delivery(ClientCore core, Executor executor) {
        this.core = core;
        this.executor = executor;
    }

    /** Messages have come. The caller has made sure that nobody else runs. */
    void start() {
        executor.execute(this);
    }

    /** Whether the calling thread is in a handler of this client. */
    boolean isHandlerThread() {
        return Thread.currentThread() == runner;
    }

    /** How many messages of the present batch are done. */
    int progress() {
        return progress;
    }

    @Override
    public void run() {
        for (Inbox.Batch batch = core.nextBatch(null); batch != null; batch = core.nextBatch(batch)) {
            runner = Thread.currentThread();
            for (int i = 0; i < batch.size(); i++) {
                deliver(batch, i);
                progress = i + 1;
            }
            progress = 0;
            runner = null;
        }
    }

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
            ManualAcknowledgement acknowledgement = new ManualAcknowledgement(core, batch.token(index), manual);
            batch.clearToken(index);
            for (Object receiver : batch.route(index)) {
                ManualHandler handler = ((Handler) receiver).manual();
                if (handler != null) {
                    call(handler, message, acknowledgement.once());
                }
            }
        }
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

    /** Done when each of the handlers that acknowledge by hand has done so. */
    private static final class ManualAcknowledgement {
        private final ClientCore core;
        private final int token;
        private final AtomicInteger missing;

        ManualAcknowledgement(ClientCore core, int token, int handlers) {
            this.core = core;
            this.token = token;
            this.missing = new AtomicInteger(handlers);
        }

        Acknowledgement once() {
            AtomicInteger own = new AtomicInteger(1);
            return () -> {
                if (token != 0 && own.getAndSet(0) == 1 && missing.decrementAndGet() == 0) {
                    core.handled(token);
                }
            };
        }
    }
}
