package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A {@link Subscription} of a {@link RealMqttClient}. */
final class RealSubscription implements Subscription {
    private final RealMqttClient client;
    private final List<TopicSubscription> asked;
    private final List<Handler> handlers;
    private final List<ReasonCode> reasons;

    RealSubscription(
            RealMqttClient client, List<TopicSubscription> asked, List<Handler> handlers, List<ReasonCode> reasons) {
        this.client = client;
        this.asked = asked;
        this.handlers = handlers;
        this.reasons = reasons;
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
        client.patience().await(close(true), () -> "the answer to UNSUBSCRIBE");
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return close(false);
    }

    private CompletableFuture<Void> close(boolean waited) {
        List<TopicFilter> lonely = client.core().removeHandlers(handlers);
        return lonely.isEmpty() || client.state() == ClientState.CLOSED
                ? CompletableFuture.completedFuture(null)
                : client.unsubscribe(lonely, false, waited);
    }
}
