package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import org.jspecify.annotations.Nullable;

/** Wakes the session when something is due: a ping, an expiry. Event loop only. */
final class Ticker {
    /** Is told what the time has brought. */
    interface Owner {
        /** The session may have something to send. */
        void ticked();

        /** The broker has not answered PINGREQ in time. */
        void silent();
    }

    // Set once.
    private final GuardedSession session;
    private final EventLoop loop;
    private final ReadPause pause;
    private final Owner owner;

    // Event loop only.
    private @Nullable Cancellable timer;
    private long at;
    private boolean stopped;

    Ticker(GuardedSession session, EventLoop loop, ReadPause pause, Owner owner) {
        this.session = session;
        this.loop = loop;
        this.pause = pause;
        this.owner = owner;
    }

    /** Looks when the session has something to do next. */
    void schedule() {
        long next = session.call(Session::nextTick);
        if (timer != null) {
            if (at - next <= 0 && next != Long.MAX_VALUE) {
                return; // it looks again when it fires
            }
            timer.cancel();
            timer = null;
        }
        if (next != Long.MAX_VALUE && !stopped) {
            at = next;
            timer = loop.schedule(this::tick, Math.max(0, next - loop.nanoTime()));
        }
    }

    private void tick() {
        timer = null;
        long now = loop.nanoTime();
        boolean alive = session.call(locked -> {
            if (pause.isPausedByHandlers(locked)) {
                locked.notReading(now);
            }
            return locked.tick(now);
        });
        owner.ticked();
        if (!alive) {
            owner.silent();
        }
        schedule();
    }

    /** For good. */
    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
