package io.godwit.mqtt.client.session;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The events that wait to be taken, in their order. */
final class SessionEvents {
    /** Null: there were none since {@link #trim}. */
    private @Nullable ArrayDeque<SessionEvent> waiting;

    void add(SessionEvent event) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waiting.add(event);
    }

    /** The next one, or null. */
    @Nullable
    SessionEvent poll() {
        return waiting == null ? null : waiting.poll();
    }

    /** Releases what an idle session does not need. */
    void trim() {
        if (waiting != null && waiting.isEmpty()) {
            waiting = null;
        }
    }
}
