package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Message;
import org.jspecify.annotations.Nullable;

/** A publish of a batch: its end is part of the result of the {@link BatchExchange}. */
public abstract class BatchedPublish extends PublishExchange<Void> {
    /** Set once. */
    private final BatchExchange<?> batch;

    protected BatchedPublish(Message message, BatchExchange<?> batch) {
        super(message, false);
        this.batch = batch;
    }

    public final BatchExchange<?> batch() {
        return batch;
    }

    /** It was not accepted: the publishing thread reports that by itself. */
    final void refused(Failure failure) {
        ended(failure);
        isFirstNotified();
    }

    /** Why it was not accepted; null: it was. Read by the thread that has offered it. */
    public final @Nullable Failure refusal() {
        return sequence == 0 ? (Failure) outcome() : null;
    }
}
