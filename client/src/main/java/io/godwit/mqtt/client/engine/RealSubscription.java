package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the broker granted, and the way to end it. */
final class RealSubscription implements Subscription {
    /** Ends a subscription. */
    interface Closing {
        CompletableFuture<Void> close(boolean waited);

        /** Waits for that. */
        void await(CompletableFuture<Void> closed);
    }

    // Set once.
    private final List<TopicSubscription> asked;
    private final List<ReasonCode> reasons;
    private final Closing closing;

    RealSubscription(List<TopicSubscription> asked, List<ReasonCode> reasons, Closing closing) {
        this.asked = asked;
        this.reasons = reasons;
        this.closing = closing;
    }

    @Override
    public List<TopicSubscription> asked() {
        return asked;
    }

    @Override
    public List<ReasonCode> reasons() {
        return reasons;
    }

    @Override
    public void close() {
        closing.await(closing.close(true));
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return closing.close(false);
    }
}
