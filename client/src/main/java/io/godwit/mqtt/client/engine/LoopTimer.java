package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import org.jspecify.annotations.Nullable;

/** At most one task that is due later; setting another one replaces it. Event loop only. */
final class LoopTimer {
    private final EventLoop loop;
    private @Nullable Cancellable task;

    LoopTimer(EventLoop loop) {
        this.loop = loop;
    }

    void set(long nanos, Runnable then) {
        // first: if there is no memory for it, the other one remains
        Cancellable set = loop.schedule(
                () -> {
                    task = null;
                    then.run();
                },
                nanos);
        cancel();
        task = set;
    }

    /** Whether a task is due later. */
    boolean isSet() {
        return task != null;
    }

    void cancel() {
        if (task != null) {
            task.cancel();
            task = null;
        }
    }
}
