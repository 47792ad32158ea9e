package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.UnsubscribeResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.protocol.Message;
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
    private final Notifier notifier;

    // Guarded by the session's lock.
    /** What {@link ClientListener#connected} has registered. */
    private final List<FromConnected> fromConnected = new ArrayList<>(0);

    /** Subscribes whose callers have stopped waiting; the broker may still grant them. */
    private final List<SubscribeFuture> abandoned = new ArrayList<>(0);

    private record FromConnected(Notifier.ConnectedCall call, RegisteredHandler handler) {}

    Subscriber(
            GuardedSession session,
            BlockingCalls blocking,
            ClientConfig config,
            HandlerBinder binder,
            Notifier notifier) {
        this.session = session;
        this.blocking = blocking;
        this.config = config;
        this.binder = binder;
        this.notifier = notifier;
    }

    void addHandler(RegisteredHandler handler) {
        binder.bind(handler);
        Notifier.ConnectedCall call = notifier.connectedCall();
        session.run(locked -> {
            locked.addHandler(handler);
            replaceEarlier(locked, List.of(handler), call);
        });
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
                reasons -> new RealSubscription(subscriptions, reasons, new Close(handlers)),
                this::undo);
        Notifier.ConnectedCall call = notifier.connectedCall();
        Failure refused = session.request(locked -> {
            Failure failure = locked.subscribe(subscribe);
            if (failure == null) {
                replaceEarlier(locked, handlers, call);
                replaceAbandoned(locked, subscribe);
            }
            return failure;
        });
        if (refused != null) {
            subscribe.fail(Failures.ofSubscribe(refused, subscribe.filters()));
        }
        return subscribe;
    }

    /**
     * Guarded by the session's lock: what a listener subscribes whenever it is connected takes the place of what it has
     * subscribed before, so that reconnecting does not multiply handlers.
     */
    private void replaceEarlier(
            Session locked, List<RegisteredHandler> handlers, Notifier.@Nullable ConnectedCall call) {
        if (call == null) {
            return;
        }
        for (RegisteredHandler handler : handlers) {
            for (Iterator<FromConnected> each = fromConnected.iterator(); each.hasNext(); ) {
                FromConnected earlier = each.next();
                if (earlier.call.listener() == call.listener()
                        && earlier.call.connection() != call.connection()
                        && earlier.handler.filter().equals(handler.filter())) {
                    each.remove();
                    if (!earlier.handler.equals(handler)) {
                        locked.removeHandler(earlier.handler);
                    }
                }
            }
            fromConnected.add(new FromConnected(call, handler));
        }
    }

    /** The caller of the blocking form has stopped waiting. The subscription may still come, and takes effect until it is tried again. */
    void abandon(SubscribeFuture subscribe) {
        session.run(locked -> abandoned.add(subscribe));
    }

    /** Guarded by the session's lock: a subscribe takes the place of abandoned ones to its filters, so that retries do not multiply handlers. */
    private void replaceAbandoned(Session locked, SubscribeFuture subscribe) {
        for (Iterator<SubscribeFuture> each = abandoned.iterator(); each.hasNext(); ) {
            SubscribeFuture earlier = each.next();
            if (!Collections.disjoint(earlier.filters(), subscribe.filters())) {
                each.remove();
                earlier.registered().stream()
                        .filter(handler -> subscribe.filters().contains(handler.filter())
                                && !subscribe.registered().contains(handler))
                        .forEach(locked::removeHandler);
            }
        }
    }

    /** Undoes a subscribe that the application has ended. */
    private void undo(SubscribeFuture subscribe) {
        Discard discard = new Discard();
        List<RegisteredHandler> substitutes = subscribe.registered().stream()
                .map(handler -> RegisteredHandler.automatic(handler.filter(), HandlerOptions.defaults(), discard))
                .toList();
        List<TopicFilter> unused = session.call(locked -> locked.undo(subscribe, substitutes));
        if (!unused.isEmpty()) {
            unsubscribe(unused, MqttProperties.NONE, substitutes, false, done -> done)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            session.run(locked -> substitutes.forEach(locked::removeHandler));
                        }
                    });
        }
    }

    /** For messages of a subscription that is being undone; each is another one. */
    private static final class Discard implements MessageHandler {
        @Override
        public void handle(Message message) {}
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
