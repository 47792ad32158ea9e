package io.godwit.mqtt.client.transport;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Gives something back once, however often it is cancelled. Any thread. */
public final class ReleaseOnce extends AtomicReference<@Nullable Runnable> implements Cancellable {
    private static final long serialVersionUID = 1L;

    public ReleaseOnce(Runnable release) {
        super(release);
    }

    @Override
    public void cancel() {
        Runnable release = getAndSet(null);
        if (release != null) {
            release.run();
        }
    }
}
