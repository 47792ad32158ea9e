package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.List;

/** A subscribe: SUBSCRIBE and SUBACK. Its handlers are registered while it lasts and stay for the filters that are granted. */
public abstract non-sealed class SubscribeExchange<T> extends Exchange<T> {
    // Set once.
    private final List<TopicSubscription> subscriptions;
    private final MqttProperties properties;
    private final List<? extends Handler> handlers;

    // Guarded by the session's lock.
    /** The subscription identifier that the last SUBSCRIBE had. */
    int identifier = SubscriptionIdentifiers.NONE;

    /** Whether it was sent, perhaps on an earlier connection: then the broker may have the subscription. */
    boolean wasSent;

    /** @param handlers one for each subscription, in their order, or none */
    protected SubscribeExchange(
            List<TopicSubscription> subscriptions,
            MqttProperties properties,
            List<? extends Handler> handlers,
            boolean waited) {
        super(waited);
        this.subscriptions = subscriptions;
        this.properties = properties;
        this.handlers = handlers;
    }

    public final List<TopicSubscription> subscriptions() {
        return subscriptions;
    }

    final List<? extends Handler> handlers() {
        return handlers;
    }

    final MqttProperties properties() {
        return properties;
    }

    /** @param subscriptionIdentifier of the session's choice, or {@link SubscriptionIdentifiers#NONE} */
    final Subscribe packet(int packetId, int subscriptionIdentifier) {
        return new Subscribe(
                packetId,
                subscriptions,
                subscriptionIdentifier == SubscriptionIdentifiers.NONE
                        ? properties
                        : properties.with(Property.SUBSCRIPTION_IDENTIFIER, subscriptionIdentifier));
    }
}
