package io.godwit.mqtt.client.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that the application asked for and the broker answers. One object is the application's future, the entry in
 * the table of what is in flight and the place in a queue, so that a publish costs one allocation.
 *
 * @param <T> what the future gives
 */
public abstract sealed class Exchange<T> extends CompletableFuture<T>
        permits BatchExchange, ConnectExchange, PublishExchange, SubscribeExchange, UnsubscribeExchange {
    static final byte NEW = 0;
    static final byte QUEUED = 1;
    /** PUBLISH, SUBSCRIBE or UNSUBSCRIBE was sent. */
    static final byte SENT = 2;
    /** PUBREC was received, PUBREL was sent. */
    static final byte RELEASED = 3;

    static final byte ENDED = 4;
    /** It has ended, and {@link #isFirstNotified} was called. */
    private static final byte NOTIFIED = 5;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", byte.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // Guarded by the session's lock until the exchange is taken as ended; then its taker's.
    @Nullable
    Exchange<?> next;

    private @Nullable Outcome outcome;
    char packetId;
    byte state = NEW;
    /**
     * How often the broker has ended the connection while only this was unanswered. Negative, with all bits inverted, if
     * {@link #isWaited}, which never changes: a field of its own would make each publish 8 bytes larger.
     */
    private byte disconnects;

    /** @param waited whether nothing but a blocked thread depends on this, so that any thread may complete it */
    Exchange(boolean waited) {
        this.disconnects = (byte) (waited ? ~0 : 0);
    }

    /** Whether nothing but a blocked thread depends on this. Any thread. */
    public final boolean isWaited() {
        return disconnects < 0;
    }

    /** The broker has ended the connection while only this was unanswered. Returns how often that has happened. */
    final int disconnected() {
        disconnects += (byte) (isWaited() ? -1 : 1);
        return isWaited() ? ~disconnects : disconnects;
    }

    /** Whether the session is done with this, so that {@link #finishNow} may complete it. Any thread. */
    public final boolean hasEnded() {
        return (byte) STATE.getVolatile(this) >= ENDED;
    }

    /** Whether this is the first call on an exchange that has ended: for what {@link #finish} does only once. */
    protected final boolean isFirstNotified() {
        return STATE.compareAndSet(this, ENDED, NOTIFIED);
    }

    /** The next in a chain of ended exchanges. */
    public final @Nullable Exchange<?> next() {
        return next;
    }

    /**
     * Completes the future. Called without the session's lock, perhaps again by another thread, and must then change
     * nothing.
     */
    protected abstract void finish(Outcome result);

    /** Completes the future of an exchange that {@link #hasEnded}, wherever in a chain it is. */
    public final void finishNow() {
        finish(outcome());
    }

    /** How an exchange ended that {@link #hasEnded}. */
    public final Outcome outcome() {
        Outcome result = outcome;
        if (result == null) {
            throw new IllegalStateException("the exchange has not ended");
        }
        return result;
    }

    /** Unlinks the exchange from its chain and completes the future. */
    public final void unlinkAndFinish() {
        next = null;
        finishNow();
    }

    final void ended(Outcome result) {
        outcome = result;
        STATE.setRelease(this, ENDED);
    }
}
