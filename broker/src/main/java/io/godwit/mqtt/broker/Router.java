package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From one message to its subscribers: each session gets one copy, however many of its filters match, with the
 * highest QoS that they were granted and all their subscription identifiers [MQTT-3.3.4-2]; each shared subscription
 * gets one more for one of its members.
 */
final class Router {
    private final BrokerCore core;

    Router(BrokerCore core) {
        this.core = core;
    }

    /** Sends the message on; returns how many copies went to sessions. */
    int route(@Nullable Session from, QueuedMessage message, long now) {
        Map<Session, List<Subscription>> receivers = new LinkedHashMap<>();
        List<SubscriptionIndex.Entry> shares = new ArrayList<>();
        core.sessions()
                .index()
                .match(
                        message.message().topic(),
                        entry -> {
                            if (entry.session() != from
                                    || !entry.subscription().options().noLocal()) {
                                receivers
                                        .computeIfAbsent(entry.session(), key -> new ArrayList<>(1))
                                        .add(entry.subscription());
                            }
                        },
                        group -> shares.add(group.next()));
        receivers.forEach((session, matching) -> deliver(session, matching, message, now));
        shares.forEach(entry -> deliver(entry.session(), List.of(entry.subscription()), message, now));
        return receivers.size() + shares.size();
    }

    private void deliver(Session session, List<Subscription> matching, QueuedMessage message, long now) {
        Message original = message.message();
        Qos granted = Qos.AT_MOST_ONCE;
        boolean retain = false;
        MqttProperties properties = original.properties();
        for (Subscription subscription : matching) {
            if (subscription.granted().compareTo(granted) > 0) {
                granted = subscription.granted();
            }
            retain |= original.retain() && subscription.options().retainAsPublished();
            if (subscription.identifier() != 0) {
                properties = properties.and(Property.SUBSCRIPTION_IDENTIFIER, subscription.identifier());
            }
        }
        Qos qos = original.qos().atMost(granted);
        enqueue(session, message.with(new Message(original.topic(), original.payload(), qos, retain, properties)), now);
    }

    /** A retained message for a subscription that has just been made; its RETAIN flag is set [MQTT-3.3.1-8]. */
    void sendRetained(Session session, Subscription subscription, QueuedMessage retained, long now) {
        Message original = retained.message();
        MqttProperties properties = subscription.identifier() == 0
                ? original.properties()
                : original.properties().and(Property.SUBSCRIPTION_IDENTIFIER, subscription.identifier());
        Qos qos = original.qos().atMost(subscription.granted());
        enqueue(session, retained.with(new Message(original.topic(), original.payload(), qos, true, properties)), now);
    }

    private void enqueue(Session session, QueuedMessage message, long now) {
        BrokerLink link = session.link();
        OutboundQueue queue = session.outbound;
        boolean fleeting = message.message().qos() == Qos.AT_MOST_ONCE;
        if (fleeting && link == null) {
            return; // nobody is there, and QoS 0 is not kept
        }
        if (fleeting && link != null && queue.isIdle() && link.isWritable()) {
            if (!link.publish(message.sentAt(now), false, 0)) {
                core.listener()
                        .dropped(
                                session.clientId(),
                                message.message(),
                                "it is larger than the client's maximum packet size");
            }
            return;
        }
        if (queue.waiting() >= core.settings().maximumQueued()) {
            core.listener().dropped(session.clientId(), message.message(), "the session's queue is full");
            return;
        }
        if (!core.memory()
                .fits(MemoryBudget.size(message.message()), core.settings().limits())) {
            core.listener().dropped(session.clientId(), message.message(), "the broker has no memory left");
            return;
        }
        queue.add(message);
        core.drain(session, now);
    }
}
