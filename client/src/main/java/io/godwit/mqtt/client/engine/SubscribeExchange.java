package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A subscribe under way. Fails when the broker refuses all of it; the handlers of refused filters are taken out. */
final class SubscribeExchange extends Exchange<Subscription> {
    private final RealMqttClient client;
    private final List<TopicSubscription> subscriptions;
    private final List<Handler> handlers;
    private final MqttProperties properties;

    SubscribeExchange(
            RealMqttClient client,
            List<TopicSubscription> subscriptions,
            List<Handler> handlers,
            MqttProperties properties,
            boolean waited) {
        super(null, waited);
        this.client = client;
        this.subscriptions = subscriptions;
        this.handlers = handlers;
        this.properties = properties;
    }

    @Override
    protected Packet packet(int identifier) {
        return new Subscribe(identifier, subscriptions, properties);
    }

    @Override
    protected void finish(@Nullable Object result) {
        if (result instanceof Suback suback) {
            answered(suback);
        } else if (result instanceof Failure failure) {
            client.core().removeHandlers(handlers);
            completeExceptionally(
                    failure.kind() == Failure.Kind.LIMIT
                            ? new SubscribeException(failure.text(), filters(), List.of(failure.reason()))
                            : PublishExchange.exception(failure));
        }
    }

    private void answered(Suback suback) {
        List<ReasonCode> reasons = suback.reasons();
        List<Handler> refused = IntStream.range(0, reasons.size())
                .filter(i -> reasons.get(i).isError() && i < handlers.size())
                .mapToObj(handlers::get)
                .toList();
        client.core().removeHandlers(refused);
        if (reasons.stream().allMatch(ReasonCode::isError)) {
            String why = IntStream.range(0, reasons.size())
                    .mapToObj(i -> "'" + subscriptions.get(i).filter() + "': "
                            + reasons.get(i).describe())
                    .collect(Collectors.joining(", "));
            completeExceptionally(
                    new SubscribeException("the broker refused the subscription to " + why, filters(), reasons));
        } else {
            complete(new RealSubscription(client, subscriptions, handlers, reasons));
        }
    }

    private List<TopicFilter> filters() {
        return subscriptions.stream().map(TopicSubscription::filter).toList();
    }
}
