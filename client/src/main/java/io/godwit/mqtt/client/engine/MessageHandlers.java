package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.SessionEvent;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What registers and calls the handlers of a client, made when the first one is registered, before any message can be delivered:
 * many clients only publish, and an idle one holds none of it.
 */
final class MessageHandlers {
    /** The parts, which are made together. */
    record Parts(HandlerCalls calls, HandlerBinder binder, Subscriber subscriber, MessageDispatcher dispatcher) {}

    // Set once.
    private final GuardedSession session;
    private final Supplier<Parts> factory;

    /** Written under the session's lock. */
    private volatile @Nullable Parts parts;

    // Guarded by the session's lock.
    /** Whether no more messages come, as {@link HandlerCalls} is told. */
    private boolean flushed;
    /** Whether the client is closed. */
    private boolean stopped;

    /** @param factory makes the parts, with the session's lock held */
    MessageHandlers(GuardedSession session, Supplier<Parts> factory) {
        this.session = session;
        this.factory = factory;
    }

    // ---- any thread ----

    Subscriber subscriber() {
        return parts().subscriber;
    }

    HandlerBinder binder() {
        return parts().binder;
    }

    private Parts parts() {
        Parts made = parts;
        return made != null ? made : makeParts();
    }

    private Parts makeParts() {
        return session.call(locked -> {
            Parts present = parts;
            if (present == null) {
                present = factory.get();
                if (flushed) {
                    present.calls.flush();
                }
                if (stopped) {
                    present.calls.stop();
                }
                session.deliverWith(present.dispatcher);
                parts = present;
            }
            return present;
        });
    }

    /** The answer to a request. */
    void deliverPrompt(SessionEvent.Prompted prompted) {
        parts().dispatcher.deliverPrompt(prompted);
    }

    // ---- the end; event loop ----

    /** No more messages come: those that were collected are handled now. */
    void flush() {
        Parts present = session.call(locked -> {
            flushed = true;
            return parts;
        });
        if (present != null) {
            present.calls.flush();
        }
    }

    /** More messages may come. */
    void resume() {
        Parts present = session.call(locked -> {
            flushed = false;
            return parts;
        });
        if (present != null) {
            present.calls.resume();
        }
    }

    /** The client is closed. */
    void stop() {
        Parts present = session.call(locked -> {
            stopped = true;
            return parts;
        });
        if (present != null) {
            present.calls.stop();
        }
    }
}
