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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The future of a subscribe. Fails if the broker refuses all of it. */
final class SubscribeFuture extends SubscribeExchange<Subscription> {
    /** Set once: makes the result of the broker's answers. */
    private final Function<List<ReasonCode>, Subscription> granted;

    private final List<RegisteredHandler> registered;
    private final Consumer<SubscribeFuture> undo;

    /** @param undo called when the application has ended it */
    SubscribeFuture(
            List<TopicSubscription> subscriptions,
            MqttProperties properties,
            List<RegisteredHandler> handlers,
            boolean waited,
            Function<List<ReasonCode>, Subscription> granted,
            Consumer<SubscribeFuture> undo) {
        super(subscriptions, properties, handlers, waited);
        this.granted = granted;
        this.registered = handlers;
        this.undo = undo;
    }

    List<RegisteredHandler> registered() {
        return registered;
    }

    /** The application ends it, as {@code orTimeout} does: what it has begun is undone. */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        boolean first = super.completeExceptionally(failure);
        if (first) {
            undo.accept(this);
        }
        return first;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean first = !isDone() && super.cancel(mayInterruptIfRunning);
        if (first) {
            undo.accept(this);
        }
        return first || isCancelled();
    }

    /** The session ends it, or does not take it. */
    void fail(Throwable failure) {
        super.completeExceptionally(failure);
    }

    @Override
    protected void finish(Outcome result) {
        if (result instanceof Failure failure) {
            fail(Failures.ofSubscribe(failure, filters()));
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
            fail(new SubscribeException("the broker refused the subscription to " + why, filters(), reasons));
        } else {
            complete(granted.apply(reasons));
        }
    }

    List<TopicFilter> filters() {
        return subscriptions().stream().map(TopicSubscription::filter).toList();
    }
}
