package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An unsubscribe under way. If asked to, it takes the handlers of its filters out once the broker has answered. */
final class UnsubscribeExchange extends Exchange<Void> {
    private final RealMqttClient client;
    private final List<TopicFilter> filters;
    private final boolean withHandlers;
    private final AtomicBoolean finished = new AtomicBoolean();

    UnsubscribeExchange(RealMqttClient client, List<TopicFilter> filters, boolean withHandlers, boolean waited) {
        super(null, waited);
        this.client = client;
        this.withHandlers = withHandlers;
        this.filters = filters;
    }

    @Override
    protected Packet packet(int identifier) {
        return new Unsubscribe(identifier, filters, MqttProperties.NONE);
    }

    @Override
    @SuppressWarnings("NullAway") // a future of Void has no other value than null
    protected void finish(@Nullable Object result) {
        if (finished.getAndSet(true)) {
            return; // handlers that have come since then are not to be taken out
        }
        if (result instanceof Failure failure) {
            completeExceptionally(PublishExchange.exception(failure));
        } else if (result instanceof Unsuback unsuback
                && unsuback.reasons().stream().anyMatch(ReasonCode::isError)) {
            completeExceptionally(new SubscribeException(
                    "the broker refused the unsubscribe from " + filters + ": " + unsuback.reasons(),
                    filters,
                    unsuback.reasons()));
        } else {
            if (withHandlers) {
                client.core().removeAllHandlers(filters);
            }
            complete(null);
        }
    }
}
