package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.UnsubscribeResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Subscribes, unsubscribes and registers handlers. Any thread. */
final class Subscriber {
    // Set once.
    private final GuardedSession session;
    private final BlockingCalls blocking;
    private final ClientConfig config;
    private final HandlerBinder binder;

    // Guarded by the session's lock.
    /** Subscribes that may have no owner. */
    private final List<SubscribeFuture> recent = new ArrayList<>(0);

    Subscriber(GuardedSession session, BlockingCalls blocking, ClientConfig config, HandlerBinder binder) {
        this.session = session;
        this.blocking = blocking;
        this.config = config;
        this.binder = binder;
    }

    void addHandler(RegisteredHandler handler) {
        binder.bind(handler);
        session.run(locked -> locked.addHandler(handler));
    }

    /** @param handlers one for each subscription, in their order */
    CompletableFuture<Subscription> subscribe(
            List<TopicSubscription> subscriptions,
            List<RegisteredHandler> handlers,
            MqttProperties properties,
            boolean waited) {
        handlers.forEach(binder::bind);
        SubscribeFuture subscribe = new SubscribeFuture(
                subscriptions,
                Publisher.checked(properties, config),
                handlers,
                waited,
                reasons -> new RealSubscription(subscriptions, reasons, new Close(handlers)));
        Failure refused = session.request(locked -> {
            Failure failure = locked.subscribe(subscribe);
            if (failure == null) {
                replaceUnowned(locked, subscribe);
            }
            return failure;
        });
        if (refused != null) {
            subscribe.completeExceptionally(Failures.ofSubscribe(refused, subscribe.filters()));
        }
        return subscribe;
    }

    /**
     * Guarded by the session's lock: a subscribe takes the place of earlier ones to its filters whose callers have given up
     * waiting, so that retries do not multiply handlers.
     */
    private void replaceUnowned(Session locked, SubscribeFuture subscribe) {
        for (Iterator<SubscribeFuture> each = recent.iterator(); each.hasNext(); ) {
            SubscribeFuture earlier = each.next();
            if (earlier.isUnowned() && !Collections.disjoint(earlier.filters(), subscribe.filters())) {
                earlier.registered().stream()
                        .filter(handler -> subscribe.filters().contains(handler.filter())
                                && !subscribe.registered().contains(handler))
                        .forEach(locked::removeHandler);
                each.remove();
            } else if (earlier.isOwned()) {
                each.remove();
            }
        }
        recent.add(subscribe);
    }

    /** Unsubscribes from these filters, whoever handles their messages. */
    <T> CompletableFuture<T> unsubscribe(
            List<TopicFilter> filters,
            MqttProperties properties,
            boolean waited,
            Function<UnsubscribeResult, T> result) {
        return unsubscribe(filters, properties, null, waited, result);
    }

    /** @param handlers those to remove with the subscriptions; null: all of these filters */
    private <T> CompletableFuture<T> unsubscribe(
            List<TopicFilter> filters,
            MqttProperties properties,
            @Nullable List<RegisteredHandler> handlers,
            boolean waited,
            Function<UnsubscribeResult, T> result) {
        UnsubscribeFuture<T> unsubscribe =
                new UnsubscribeFuture<>(filters, Publisher.checked(properties, config), handlers, waited, result);
        Failure refused = session.request(locked -> locked.unsubscribe(unsubscribe));
        if (refused != null) {
            unsubscribe.completeExceptionally(Failures.ofSubscribe(refused, filters));
        }
        return unsubscribe;
    }

    /** Ends one subscription: its handlers, and at the broker the filters that no other handler has. */
    private final class Close implements RealSubscription.Closing {
        private final List<RegisteredHandler> handlers;

        Close(List<RegisteredHandler> handlers) {
            this.handlers = handlers;
        }

        @Override
        @SuppressWarnings("NullAway") // a future of Void completes with null
        public CompletableFuture<Void> close(boolean waited) {
            List<TopicFilter> withoutOthers = new ArrayList<>();
            Failure closed = session.request(locked -> {
                withoutOthers.addAll(locked.removeHandlers(handlers));
                return null;
            });
            if (closed != null && closed.kind() == Failure.Kind.CLOSED || closed == null && withoutOthers.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            if (closed == null) {
                return unsubscribe(withoutOthers, MqttProperties.NONE, handlers, waited, done -> null);
            }
            session.run(locked -> handlers.forEach(locked::removeHandler));
            return CompletableFuture.failedFuture(Failures.ofSubscribe(closed, List.of()));
        }

        @Override
        public void await(CompletableFuture<Void> closed) {
            blocking.await(closed, () -> "the answer to UNSUBSCRIBE");
        }
    }
}
