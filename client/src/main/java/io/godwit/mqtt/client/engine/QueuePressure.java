package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Session;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells the listeners when the queue of publishes is full, once until half of it is free again. Any thread. */
final class QueuePressure {
    // Set once.
    private final GuardedSession session;
    private final Notifier notifier;

    /** Any thread. */
    private final AtomicBoolean full = new AtomicBoolean();

    QueuePressure(GuardedSession session, Notifier notifier) {
        this.session = session;
        this.notifier = notifier;
    }

    /** A publish has found the queue full, or was dropped from it. */
    void full() {
        if (!full.get() && full.compareAndSet(false, true)) {
            long[] waiting = session.call(locked -> new long[] {locked.queued(), locked.queuedBytes()});
            notifier.queueFull((int) waiting[0], waiting[1]);
        }
    }

    /** Something may have left the queue. */
    void drained() {
        if (full.get() && session.call(Session::isQueueHalfEmpty) && full.compareAndSet(true, false)) {
            notifier.queueHasRoom();
        }
    }
}
