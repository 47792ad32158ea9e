package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A message whose acknowledgement is not due when the dispatcher goes on to the next one: a handler has failed, acknowledges by
 * hand or runs elsewhere. Whoever has a share of it settles that once; with the last share the broker gets its answer. Any
 * thread.
 */
final class Settlement {
    // Set once.
    private final GuardedSession session;
    private final @Nullable MessageHooks hooks;
    private final Message message;
    private final int token;
    private final @Nullable MessageHandling handling;

    private final AtomicReference<State> state = new AtomicReference<>(new State(0, Resolution.ACKNOWLEDGE));

    /** @param shares that are not settled */
    private record State(int shares, Resolution resolution) {}

    /**
     * @param token of the message, 0 if there is nothing to acknowledge
     * @param handling of a message with several handlers; null: who calls its handler reports it
     */
    Settlement(
            GuardedSession session,
            @Nullable MessageHooks hooks,
            Message message,
            int token,
            @Nullable MessageHandling handling) {
        this.session = session;
        this.hooks = hooks;
        this.message = message;
        this.token = token;
        this.handling = handling;
    }

    Message message() {
        return message;
    }

    @Nullable
    MessageHandling handling() {
        return handling;
    }

    /** Takes another share, while one is held. */
    Settlement share() {
        state.updateAndGet(before -> new State(before.shares + 1, before.resolution));
        return this;
    }

    /** Gives a share back. */
    void settle(Resolution resolution) {
        State now = state.updateAndGet(before -> new State(before.shares - 1, before.resolution.and(resolution)));
        if (now.shares == 0 && token != 0) {
            end(now.resolution);
        }
    }

    private void end(Resolution last) {
        boolean rejected = session.call(locked -> {
            switch (last.kind()) {
                case ACKNOWLEDGE -> locked.handled(token);
                case REJECT -> {
                    return locked.reject(message, token, last.reason(), last.text());
                }
                case LEAVE -> locked.leave(token);
            }
            return false;
        });
        if (rejected && hooks != null) {
            hooks.messageRejected(message, last.reason());
        }
    }
}
