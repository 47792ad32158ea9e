package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A message with several handlers of which some run beside the line: it counts as handled, and is reported once, when the last
 * of them has returned. Any thread.
 */
final class MessageHandling {
    // Set once.
    private final @Nullable MessageHooks hooks;
    private final Message message;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private int parts;
    private long nanos;
    private @Nullable Throwable failure;

    /** @param parts how many times {@link #end} will be called: once for each handler beside the line, once for all in it */
    MessageHandling(@Nullable MessageHooks hooks, Message message, int parts) {
        this.hooks = hooks;
        this.message = message;
        this.parts = parts;
    }

    /** A part has ended. Returns whether it was the last one. */
    boolean end(long took, @Nullable Throwable thrown) {
        lock.lock();
        try {
            parts--;
            nanos += took;
            failure = thrown == null ? failure : thrown;
            if (parts > 0) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        if (hooks != null) {
            hooks.messageHandled(message, nanos, failure);
        }
        return true;
    }
}
