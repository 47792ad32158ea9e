package io.godwit.mqtt.client.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run a client's handlers at the moment: the one that calls them in line, and those that call others
 * meanwhile. While one of them blocks in a call of its own client, more is read than the inbox has room for, since the answer
 * that it waits for may be behind messages that cannot be handled before. {@link ReadPause} says how much more.
 */
final class HandlerThread {
    private static final AtomicIntegerFieldUpdater<HandlerThread> BLOCKED =
            AtomicIntegerFieldUpdater.newUpdater(HandlerThread.class, "blocked");

    /** Set once, before the client is used: called when a handler begins to block. */
    private Runnable onBlock = () -> {};

    /** Written by the thread in line only. */
    private volatile @Nullable Thread thread;

    // Any thread.
    private volatile Set<Thread> others = Set.of();
    private volatile int blocked;

    /** Written by the event loop only: since when nothing is read although a handler blocks; null: it is read. */
    private volatile @Nullable Long unreadSince;

    void onBlock(Runnable action) {
        onBlock = action;
    }

    /** The calling thread begins to run handlers in line. */
    void begin() {
        thread = Thread.currentThread();
    }

    /** It has ended. */
    void end() {
        thread = null;
    }

    /** Handlers may run beside others from now on. To be called once. */
    void expectOthers() {
        others = ConcurrentHashMap.newKeySet();
    }

    /** The calling thread begins to run handlers beside others. */
    void enter() {
        others.add(Thread.currentThread());
    }

    /** It has ended. */
    void leave() {
        others.remove(Thread.currentThread());
    }

    /** Whether a handler blocks in a call of its client. */
    boolean isBlocked() {
        return blocked > 0;
    }

    /** Whether nothing is read at present, although a handler may block: so much waits. Event loop. */
    void unread(boolean yes) {
        unreadSince = yes ? (Long) System.nanoTime() : null;
    }

    /** For how many nanoseconds nothing was read, so that what a handler waits for cannot come; 0: it is read. */
    long unreadNanos() {
        Long since = unreadSince;
        return since == null ? 0 : System.nanoTime() - since;
    }

    /** Whether the calling thread runs a handler. */
    boolean isCurrent() {
        Thread current = Thread.currentThread();
        Set<Thread> beside = others;
        return current == thread || !beside.isEmpty() && beside.contains(current);
    }

    /** The calling thread is about to block. Returns whether it runs a handler. */
    boolean block() {
        if (!isCurrent()) {
            return false;
        }
        BLOCKED.incrementAndGet(this);
        onBlock.run();
        return true;
    }

    /** It goes on; {@code wasHandler} is what {@link #block} returned. */
    void unblock(boolean wasHandler) {
        if (wasHandler) {
            BLOCKED.decrementAndGet(this);
        }
    }
}
