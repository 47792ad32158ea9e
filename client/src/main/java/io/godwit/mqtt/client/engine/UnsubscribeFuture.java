package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.UnsubscribeExchange;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsuback;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The future of an unsubscribe. Fails if the broker refuses any of it. */
final class UnsubscribeFuture extends UnsubscribeExchange<Void> {
    UnsubscribeFuture(List<TopicFilter> filters, @Nullable List<RegisteredHandler> handlers, boolean waited) {
        super(filters, handlers, waited);
    }

    @Override
    @SuppressWarnings("NullAway") // a future of Void completes with null
    protected void finish(Outcome result) {
        if (result instanceof Failure failure) {
            completeExceptionally(Failures.ofSubscribe(failure, filters()));
        } else if (result instanceof Outcome.Answer answer
                && answer.packet() instanceof Unsuback unsuback
                && unsuback.reasons().stream().anyMatch(ReasonCode::isError)) {
            completeExceptionally(new SubscribeException(
                    "the broker refused the unsubscribe from " + filters() + ": " + unsuback.reasons(),
                    filters(),
                    unsuback.reasons()));
        } else {
            complete(null);
        }
    }
}
