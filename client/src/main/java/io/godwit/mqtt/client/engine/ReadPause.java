package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.transport.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Back-pressure: when too much waits for the handlers, or too many answers for the broker, the connection is not read until
 * they have caught up.
 *
 * <p>While a handler blocks in a call of its own client, reading has to go on, since the answer that it waits for may be behind
 * messages that cannot be handled before. That takes more room than the inbox's bounds, but no more than a share of the heap. In
 * the second half of it messages of QoS 0 are dropped; if messages of QoS 1 and 2 fill it, nothing is read, and {@link
 * JoinWaiters} ends what waits too long.
 */
final class ReadPause {
    /** A full inbox is read on when it is down to this part of its bounds. */
    private static final double RESUME = 0.5;

    /** While a handler blocks, up to this many times the inbox's bounds may wait ... */
    private static final int LIFTED = 16;

    /** ... but at most this share of the heap, or twice the bounds if they are larger. */
    private static final int HEAP_SHARE = 8;

    /** Above this many bytes of answers that the broker has not taken, it is not read: it would only ask for more. */
    private static final int MOST_ANSWERS = 256 * 1024;

    // Set once.
    private final GuardedSession session;
    private final HandlerThread handlers;
    private final ClientConfig config;
    private final Notifier notifier;

    // Event loop only.
    private @Nullable Connection connection;
    private long pausedAt;
    /** Whether the handlers are the reason. */
    private boolean told;

    /** Written by the event loop only. */
    private volatile boolean paused;

    ReadPause(GuardedSession session, HandlerThread handlers, ClientConfig config, Notifier notifier) {
        this.notifier = notifier;
        this.session = session;
        this.handlers = handlers;
        this.config = config;
    }

    /** The memory that may be taken by what waits while a handler blocks. */
    private long most() {
        return most(
                Inbox.memory(config.inboxMessages(), config.inboxBytes()),
                Runtime.getRuntime().maxMemory());
    }

    /** The memory that may be taken while a handler blocks, if the inbox's bounds and the heap are so large. */
    static long most(long bounds, long heap) {
        return bounds > Long.MAX_VALUE / LIFTED
                ? bounds
                : Math.max(2 * bounds, Math.min(LIFTED * bounds, heap / HEAP_SHARE));
    }

    /** A connection is read from now on; null: there is none. Event loop. */
    void connection(@Nullable Connection read) {
        connection = read;
        paused = false;
        tellResumed();
    }

    /** Stops reading if too much waits. Event loop. */
    void pauseIfFull() {
        Connection from = connection;
        if (!paused
                && from != null
                && session.call(locked -> isFull(locked, 1) || hasAnswersAbove(locked, MOST_ANSWERS))) {
            paused = true;
            pausedAt = config.loop().nanoTime();
            from.setReading(false);
            tellPaused();
            resumeIfRoom(); // the handlers may have caught up before they could see the pause
        }
    }

    /** Handlers have caught up or are blocked, or answers were sent. Any thread. */
    void check() {
        if (paused) {
            if (config.loop().inLoop()) {
                resumeIfRoom();
            } else {
                config.loop().execute(this::resumeIfRoom);
            }
        }
    }

    private void resumeIfRoom() {
        Connection from = connection;
        if (paused
                && from != null
                && session.call(locked -> !isFull(locked, RESUME) && !hasAnswersAbove(locked, MOST_ANSWERS / 2))) {
            paused = false;
            from.setReading(true);
            tellResumed();
        }
    }

    private void tellPaused() {
        long[] waiting = session.call(
                locked -> new long[] {locked.inbox().waiting(), locked.inbox().waitingBytes()});
        told = waiting[0] > config.inboxMessages() || waiting[1] > config.inboxBytes();
        if (told) {
            handlers.unread(true);
            notifier.readingPaused((int) waiting[0], waiting[1]);
        }
    }

    private void tellResumed() {
        if (told) {
            told = false;
            handlers.unread(false);
            notifier.readingResumed(Duration.ofNanos(config.loop().nanoTime() - pausedAt));
        }
    }

    /** Guarded by the session's lock: whether reading is stopped by the handlers, so that silence proves nothing. */
    boolean isPausedByHandlers(Session locked) {
        return paused && !hasAnswersAbove(locked, MOST_ANSWERS / 2);
    }

    /** Whether more waits for the handlers than this part of the bounds, or than has room while one of them blocks. */
    private boolean isFull(Session locked, double part) {
        Inbox inbox = locked.inbox();
        boolean blocked = handlers.isBlocked();
        if (blocked) {
            long most = most();
            inbox.dropAbove(most / 2);
            return inbox.memory() > most;
        }
        inbox.dropAbove(Long.MAX_VALUE);
        return inbox.waiting() > part * config.inboxMessages() || inbox.waitingBytes() > part * config.inboxBytes();
    }

    private static boolean hasAnswersAbove(Session locked, int bytes) {
        return locked.outbox().answers() > bytes;
    }
}
