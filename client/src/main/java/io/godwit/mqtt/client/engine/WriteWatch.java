package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Tells the session's keep alive while bytes that wait for the network are being written: on a thin link a ping waits
 * behind them, and so does its answer. Looks only while bytes wait. Event loop only.
 */
final class WriteWatch {
    // Set once.
    private final GuardedSession session;
    private final EventLoop loop;

    // Event loop only.
    private @Nullable Connection connection;
    private @Nullable Cancellable timer;
    private long progress;

    WriteWatch(GuardedSession session, EventLoop loop) {
        this.session = session;
        this.loop = loop;
    }

    /** Bytes were given to the connection; some may wait. */
    void written(Connection to) {
        if (timer == null && to.hasUnwritten()) {
            connection = to;
            progress = to.writeProgress();
            schedule();
        }
    }

    private void schedule() {
        long interval = session.call(Session::lookInterval);
        if (interval > 0) {
            timer = loop.schedule(this::look, interval);
        }
    }

    private void look() {
        timer = null;
        Connection current = connection;
        if (current == null) {
            return;
        }
        long before = progress;
        progress = current.writeProgress();
        if (progress != before) {
            session.run(locked -> locked.wrote(loop.nanoTime()));
        }
        if (progress != -1) {
            schedule();
        }
    }

    /** The connection is gone. */
    void closed() {
        connection = null;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
