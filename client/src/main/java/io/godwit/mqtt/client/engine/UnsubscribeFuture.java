package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.UnsubscribeResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.UnsubscribeExchange;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsuback;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of an unsubscribe. Fails if the broker refuses any of it; what it refuses stays subscribed.
 *
 * @param <T> what the future gives
 */
final class UnsubscribeFuture<T> extends UnsubscribeExchange<T> {
    /** Set once: makes what the future gives. */
    private final Function<UnsubscribeResult, T> result;

    UnsubscribeFuture(
            List<TopicFilter> filters,
            MqttProperties properties,
            @Nullable List<RegisteredHandler> handlers,
            boolean waited,
            Function<UnsubscribeResult, T> result) {
        super(filters, properties, handlers, waited);
        this.result = result;
    }

    @Override
    protected void finish(Outcome outcome) {
        if (outcome instanceof Failure failure) {
            completeExceptionally(Failures.ofSubscribe(failure, filters()));
        } else if (outcome instanceof Outcome.Answer answer && answer.packet() instanceof Unsuback unsuback) {
            answered(unsuback);
        }
    }

    private void answered(Unsuback unsuback) {
        if (unsuback.reasons().stream().anyMatch(ReasonCode::isError)) {
            completeExceptionally(new SubscribeException(
                    "the broker refused the unsubscribe from " + filters() + ": " + unsuback.reasons(),
                    filters(),
                    unsuback.reasons()));
        } else {
            complete(result.apply(new UnsubscribeResult(filters(), unsuback.reasons(), unsuback.properties())));
        }
    }
}
