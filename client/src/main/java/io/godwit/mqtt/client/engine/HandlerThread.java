package io.godwit.mqtt.client.engine;

import org.jspecify.annotations.Nullable;

/**
 * The thread that runs a client's handlers at the moment. While one of them blocks in a call of its own client, more is
 * read than the inbox has room for: the answer that it waits for may stand behind messages that cannot be handled before.
 */
final class HandlerThread {
    /** Set once, before the client is used: called when a handler begins to block. */
    private Runnable onBlock = () -> {};

    // Written by the running thread only.
    private volatile @Nullable Thread thread;
    private volatile boolean blocked;

    void onBlock(Runnable action) {
        onBlock = action;
    }

    /** The calling thread begins to run handlers. */
    void begin() {
        thread = Thread.currentThread();
    }

    /** It has ended. */
    void end() {
        thread = null;
    }

    /** Whether a handler blocks in a call of its client. */
    boolean isBlocked() {
        return blocked;
    }

    /** The calling thread is about to block. Returns whether it is the handlers' thread. */
    boolean block() {
        if (Thread.currentThread() != thread) {
            return false;
        }
        blocked = true;
        onBlock.run();
        return true;
    }

    /** It goes on; {@code wasHandler} is what {@link #block} returned. */
    void unblock(boolean wasHandler) {
        if (wasHandler) {
            blocked = false;
        }
    }
}
