package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The result of a subscribe: the broker's answers, and the way to end it. Any thread. */
public interface Subscription extends AutoCloseable {
    /** What was asked for. */
    List<TopicSubscription> asked();

    /** The broker's answer to each filter, in their order: the granted QoS, or why it was refused. */
    List<ReasonCode> reasons();

    /** The QoS that the broker granted for the first filter, which may be lower than requested. */
    default Qos grantedQos() {
        return Qos.of(Math.min(2, reasons().get(0).code()));
    }

    /**
     * Removes the handler and unsubscribes, unless another handler of this client has the same filter. Blocks until the
     * broker has answered, if there is a connection, within the call time limit.
     *
     * @throws MqttTimeoutException if no answer came in time
     */
    @Override
    void close();

    /** {@link #close()} without blocking. */
    CompletableFuture<Void> closeAsync();
}
