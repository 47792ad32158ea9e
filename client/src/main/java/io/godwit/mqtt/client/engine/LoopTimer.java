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
        Cancellable set = loop.schedule(then, nanos); // first: if there is no memory for it, the other one remains
        cancel();
        task = set;
    }

    void cancel() {
        if (task != null) {
            task.cancel();
            task = null;
        }
    }
}
