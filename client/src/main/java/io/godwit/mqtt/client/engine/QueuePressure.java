package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Session;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** Tells the listeners when the queue of publishes is full, once until half of it is free again. Any thread. */
final class QueuePressure {
    private static final AtomicIntegerFieldUpdater<QueuePressure> FULL =
            AtomicIntegerFieldUpdater.newUpdater(QueuePressure.class, "full");

    // Set once.
    private final GuardedSession session;
    private final Notifier notifier;

    /** Any thread: 1 or 0. */
    private volatile int full;

    QueuePressure(GuardedSession session, Notifier notifier) {
        this.session = session;
        this.notifier = notifier;
    }

    /** A publish has found the queue full, or was dropped from it. */
    void full() {
        if (full == 0 && FULL.compareAndSet(this, 0, 1)) {
            long[] waiting = session.call(locked -> new long[] {locked.queued(), locked.queuedBytes()});
            notifier.queueFull((int) waiting[0], waiting[1]);
        }
    }

    /** Something may have left the queue. */
    void drained() {
        if (full == 1 && session.call(Session::isQueueHalfEmpty) && FULL.compareAndSet(this, 1, 0)) {
            notifier.queueHasRoom();
        }
    }
}
