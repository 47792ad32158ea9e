package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.SubscribeExchange;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The future of a subscribe. Fails if the broker refuses all of it. */
final class SubscribeFuture extends SubscribeExchange<Subscription> {
    /** Set once: makes the result of the broker's answers. */
    private final Function<List<ReasonCode>, Subscription> granted;

    private final List<RegisteredHandler> registered;
    private volatile boolean abandoned;

    SubscribeFuture(
            List<TopicSubscription> subscriptions,
            MqttProperties properties,
            List<RegisteredHandler> handlers,
            boolean waited,
            Function<List<ReasonCode>, Subscription> granted) {
        super(subscriptions, properties, handlers, waited);
        this.granted = granted;
        this.registered = handlers;
    }

    List<RegisteredHandler> registered() {
        return registered;
    }

    /** The caller of the blocking form has given up waiting. Any thread. */
    void abandon() {
        abandoned = true;
    }

    /** Whether nobody will ever have the subscription that it may still become. */
    boolean isUnowned() {
        return abandoned || isCompletedExceptionally();
    }

    /** Whether somebody has it. */
    boolean isOwned() {
        return isDone() && !isUnowned();
    }

    @Override
    protected void finish(Outcome result) {
        if (result instanceof Failure failure) {
            completeExceptionally(Failures.ofSubscribe(failure, filters()));
        } else if (result instanceof Outcome.Answer answer && answer.packet() instanceof Suback suback) {
            answered(suback.reasons());
        }
    }

    private void answered(List<ReasonCode> reasons) {
        if (reasons.stream().allMatch(ReasonCode::isError)) {
            String why = IntStream.range(0, reasons.size())
                    .mapToObj(i -> "'" + subscriptions().get(i).filter() + "': "
                            + reasons.get(i).describe())
                    .collect(Collectors.joining(", "));
            completeExceptionally(
                    new SubscribeException("the broker refused the subscription to " + why, filters(), reasons));
        } else {
            complete(granted.apply(reasons));
        }
    }

    List<TopicFilter> filters() {
        return subscriptions().stream().map(TopicSubscription::filter).toList();
    }
}
