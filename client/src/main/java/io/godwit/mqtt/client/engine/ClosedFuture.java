package io.godwit.mqtt.client.engine;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Completes when the client is closed. Made for the first who asks, so that closing a client that nobody watches wakes no thread.
 */
final class ClosedFuture extends AtomicReference<@Nullable CompletableFuture<Void>> {
    private static final long serialVersionUID = 1L;

    /** A future that its owner can complete without consequences for others. Any thread. */
    CompletableFuture<Void> copy() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        return compareAndSet(null, mine)
                ? mine.copy()
                : Objects.requireNonNull(get()).copy();
    }

    /** The client is closed. Event loop only, once. */
    void complete(Notifier notifier) {
        if (!compareAndSet(null, CompletableFuture.completedFuture(null))) {
            notifier.complete(Objects.requireNonNull(get()), null);
        }
    }
}
