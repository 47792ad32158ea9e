package io.godwit.mqtt.client;

import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Properties;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An unsubscribe under way. */
final class UnsubscribeExchange extends Exchange<Void> {
    private final List<TopicFilter> filters;

    UnsubscribeExchange(List<TopicFilter> filters) {
        super(null);
        this.filters = filters;
    }

    @Override
    protected Packet packet(int identifier) {
        return new Unsubscribe(identifier, filters, Properties.NONE);
    }

    @Override
    @SuppressWarnings("NullAway") // a future of Void has no other value than null
    protected void finish(@Nullable Object result) {
        if (result instanceof Failure failure) {
            completeExceptionally(Publication.exception(failure));
        } else if (result instanceof Unsuback unsuback
                && unsuback.reasons().stream().anyMatch(ReasonCode::isError)) {
            completeExceptionally(new SubscribeException(
                    "the broker refused the unsubscribe from " + filters + ": " + unsuback.reasons(),
                    filters,
                    unsuback.reasons()));
        } else {
            complete(null);
        }
    }
}
