package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SUBSCRIBE and UNSUBSCRIBE: grants or refuses each topic filter, and sends the retained messages that it asks for. */
final class Subscriptions {
    private final BrokerCore core;

    Subscriptions(BrokerCore core) {
        this.core = core;
    }

    void subscribe(BrokerLink link, Session session, Subscribe subscribe, long now) {
        int identifier = subscribe.properties().getOr(Property.SUBSCRIPTION_IDENTIFIER, 0);
        List<ReasonCode> reasons = new ArrayList<>();
        Map<Subscription, Boolean> granted = new LinkedHashMap<>();
        for (TopicSubscription asked : subscribe.subscriptions()) {
            ReasonCode decision = check(link, session, asked, identifier);
            if (decision.isError()) {
                reasons.add(refusal(link, decision));
                continue;
            }
            Qos qos = asked.maximumQos().atMost(core.settings().maximumQos());
            Subscription subscription = new Subscription(asked, qos, identifier);
            boolean isNew = core.sessions().subscribe(session, subscription);
            core.listener().subscribed(session.clientId(), asked);
            granted.put(subscription, isNew);
            reasons.add(ReasonCode.granted(qos));
        }
        link.send(new Suback(subscribe.packetId(), reasons, MqttProperties.NONE));
        granted.forEach((subscription, isNew) -> {
            if (wantsRetained(link, subscription, isNew)) {
                for (QueuedMessage message : core.retained().matching(subscription.filter(), now)) {
                    core.router().sendRetained(session, subscription, message, now);
                }
            }
        });
    }

    private ReasonCode check(BrokerLink link, Session session, TopicSubscription asked, int identifier) {
        BrokerSettings settings = core.settings();
        TopicFilter filter = asked.filter();
        if (NameRules.faultOfTopic("topic filter", filter.text(), settings) != null) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        if (!session.hasSubscription(filter)
                && (session.subscriptions().size() >= settings.limits().subscriptions()
                        || !core.memory().fits(MemoryBudget.size(filter), settings.limits()))) {
            core.listener().limited(session.clientId(), "the subscription to '" + filter + "' was refused");
            return ReasonCode.QUOTA_EXCEEDED;
        }
        if (filter.hasWildcard() && !settings.wildcardsAvailable()) {
            return ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (filter.isShared() && (!settings.sharedAvailable() || link.version != ProtocolVersion.V5)) {
            return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (identifier != 0 && !settings.subscriptionIdentifiersAvailable()) {
            return ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED;
        }
        return settings.policy().subscribe(session.clientId(), asked);
    }

    /** The error code of the client's version: 0x80 on 3.1.1; 3.1 has none, so QoS 0 is granted. */
    private static ReasonCode refusal(BrokerLink link, ReasonCode reason) {
        return switch (link.version) {
            case V5 -> reason;
            case V3_1_1 -> ReasonCode.UNSPECIFIED_ERROR;
            case V3_1 -> ReasonCode.SUCCESS;
        };
    }

    private static boolean wantsRetained(BrokerLink link, Subscription subscription, boolean isNew) {
        if (subscription.filter().isShared()) {
            return false;
        }
        RetainHandling handling =
                link.version == ProtocolVersion.V5 ? subscription.options().retainHandling() : RetainHandling.SEND;
        return handling == RetainHandling.SEND || handling == RetainHandling.SEND_IF_NEW && isNew;
    }

    void unsubscribe(BrokerLink link, Session session, Unsubscribe unsubscribe) {
        List<ReasonCode> reasons = new ArrayList<>();
        for (TopicFilter filter : unsubscribe.filters()) {
            boolean existed = core.sessions().unsubscribe(session, filter);
            if (existed) {
                core.listener().unsubscribed(session.clientId(), filter.text());
            }
            reasons.add(existed ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        }
        boolean hasReasons = link.version == ProtocolVersion.V5;
        link.send(new Unsuback(unsubscribe.packetId(), hasReasons ? reasons : List.of(), MqttProperties.NONE));
    }
}
