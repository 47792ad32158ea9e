package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Packet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that the application asked for and the broker answers: a publish, a subscribe, an unsubscribe. One object is
 * the application's future, the entry in the table of what is in flight and the place in the queue, so that a publish
 * costs one allocation.
 *
 * @param <T> what the future gives
 */
public abstract class Exchange<T> extends CompletableFuture<T> {
    static final byte NEW = 0;
    static final byte QUEUED = 1;
    /** PUBLISH, SUBSCRIBE or UNSUBSCRIBE was sent. */
    static final byte SENT = 2;
    /** PUBREC has come, PUBREL was sent. */
    static final byte RELEASED = 3;

    static final byte ENDED = 4;
    /** It has ended, and {@link #isToldFirst} was asked. */
    private static final byte TOLD = 5;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", byte.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // Set once; null for all but publishes.
    final @Nullable Message message;

    private final boolean waited;

    // Under the session's lock until the exchange is taken from it as ended; then its taker's.
    @Nullable
    Exchange<?> next;

    private @Nullable Object outcome;
    long sequence;
    /** Nanoseconds of the session's clock at which it expires while queued; {@link Long#MAX_VALUE}: never. */
    long expiresAt = Long.MAX_VALUE;

    char packetId;
    byte state = NEW;

    /**
     * @param message of a publish; null for all else
     * @param waited whether nothing but a blocked thread depends on this, so that any thread may complete it
     */
    protected Exchange(@Nullable Message message, boolean waited) {
        this.message = message;
        this.waited = waited;
    }

    /** Whether nothing but a blocked thread depends on this. */
    public final boolean isWaited() {
        return waited;
    }

    /** Whether the session is done with this, so that {@link #finishNow} may complete it. Any thread. */
    public final boolean hasEnded() {
        return (byte) STATE.getVolatile(this) >= ENDED;
    }

    /** Whether this is the first call on an exchange that has ended: for what {@link #finish} does but once. */
    protected final boolean isToldFirst() {
        return STATE.compareAndSet(this, ENDED, TOLD);
    }

    /** The message of a publish. */
    public final @Nullable Message message() {
        return message;
    }

    /** The next in the chain of ended exchanges that a session gave out. */
    public final @Nullable Exchange<?> next() {
        return next;
    }

    /** Replaces the rest of the chain of ended exchanges. */
    public final void link(@Nullable Exchange<?> rest) {
        next = rest;
    }

    /** The SUBSCRIBE or UNSUBSCRIBE that this exchange is about, with a packet identifier; null for a publish. */
    protected @Nullable Packet packet(int identifier) {
        return null;
    }

    /**
     * Completes the future with the outcome that the session has noted. Called without the session's lock, perhaps again
     * by another thread, and must then change nothing. The outcome is null for plain success, a packet, or a {@link
     * Failure}.
     */
    protected abstract void finish(@Nullable Object result);

    /** Completes the future of an exchange that {@link #hasEnded}, wherever in a chain it is. */
    public final void finishNow() {
        finish(outcome);
    }

    /** Completes the future and lets go of the chain; returns the next one of it. */
    public final @Nullable Exchange<?> finishAndUnlink() {
        Exchange<?> rest = next;
        next = null;
        finish(outcome);
        return rest;
    }

    final void ended(@Nullable Object result) {
        outcome = result;
        STATE.setRelease(this, ENDED);
    }

    /** What the exchange takes of the queue's bound in bytes. */
    public final int weight() {
        Message m = message;
        return m == null ? 0 : m.payload().length + m.topic().length();
    }
}
