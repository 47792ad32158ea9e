package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a subscribe gave: the broker's answers, and the way to end it. */
public final class Subscription implements AutoCloseable {
    private final MqttClient client;
    private final List<TopicSubscription> asked;
    private final List<Handler> handlers;
    private final List<ReasonCode> reasons;

    Subscription(MqttClient client, List<TopicSubscription> asked, List<Handler> handlers, List<ReasonCode> reasons) {
        this.client = client;
        this.asked = asked;
        this.handlers = handlers;
        this.reasons = reasons;
    }

    /** What was asked for. */
    public List<TopicSubscription> asked() {
        return asked;
    }

    /** The broker's answer to each filter, in their order: the granted QoS, or why it is refused. */
    public List<ReasonCode> reasons() {
        return reasons;
    }

    /** The QoS that the broker granted for the first filter, which may be lower than asked for. */
    public Qos grantedQos() {
        return Qos.of(Math.min(2, reasons.get(0).code()));
    }

    /**
     * Takes the handler out and unsubscribes, unless another handler of this client has the same filter. Blocks for the
     * answer if there is a connection, within the call time limit.
     *
     * @throws MqttTimeoutException when no answer came in time
     */
    @Override
    public void close() {
        client.patience().await(close(true), () -> "the answer to UNSUBSCRIBE");
    }

    /** {@link #close()} without blocking. */
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
