package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Message;

/** A publish: PUBLISH and its acknowledgements, over as many connections as they take. */
public abstract non-sealed class PublishExchange<T> extends Exchange<T> {
    /** Set once. */
    final Message message;

    // Guarded by the session's lock.
    /** Rises with each publish that is accepted; 0: it is not. */
    long sequence;
    /** Nanoseconds of the session's clock at which it expires while queued; {@link Long#MAX_VALUE}: never. */
    long expiresAt = Long.MAX_VALUE;

    protected PublishExchange(Message message, boolean waited) {
        super(waited);
        this.message = message;
    }

    public final Message message() {
        return message;
    }

    /** Whether it is one of the application's publishes. */
    boolean isCounted() {
        return true;
    }

    /** What the exchange takes of the queue's bound in bytes. */
    public final int weight() {
        return message.payload().length + message.topic().length();
    }
}
