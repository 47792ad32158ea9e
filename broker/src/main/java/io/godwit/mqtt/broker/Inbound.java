package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * Messages from a client: checks them against the standard and the broker's limits, hands them to the router once, and
 * acknowledges them. A message of QoS 2 is forwarded when its PUBLISH arrives; its identifier is remembered until PUBREL
 * (method A of section 4.3.3).
 */
final class Inbound {
    private final BrokerCore core;

    Inbound(BrokerCore core) {
        this.core = core;
    }

    void publish(BrokerLink link, Session session, Publish publish, long now) {
        BrokerSettings settings = announced(link);
        String topic = link.resolve(publish);
        if (publish.topicAlias() > settings.topicAliasMaximum() || topic == null) {
            core.violation(
                    link,
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    "topic alias " + publish.topicAlias() + " is unknown or above " + settings.topicAliasMaximum()
                            + " [MQTT-3.3.2-9]",
                    now);
            return;
        }
        String fault = TopicName.fault(topic);
        if (fault == null) {
            fault = NameRules.faultOfTopic("topic name", topic, settings);
        }
        if (fault != null) {
            core.violation(link, ReasonCode.TOPIC_NAME_INVALID, fault, now);
            return;
        }
        Message message = publish.message().withTopic(topic);
        if (message.qos().compareTo(settings.maximumQos()) > 0 && link.version == ProtocolVersion.V5) {
            core.violation(
                    link,
                    ReasonCode.QOS_NOT_SUPPORTED,
                    "QoS " + message.qos().level() + " is above the server's maximum [MQTT-3.2.2-11]",
                    now);
            return;
        }
        if (message.retain() && !settings.retainAvailable()) {
            if (link.version == ProtocolVersion.V5) {
                core.violation(
                        link, ReasonCode.RETAIN_NOT_SUPPORTED, "the server retains no messages [MQTT-3.2.2-14]", now);
                return;
            }
            message = message.withRetain(false);
        }
        if (message.qos() == Qos.AT_MOST_ONCE) {
            ReasonCode decision = check(session, message);
            if (decision == null || !decision.isError()) {
                core.accept(session, message, now);
            }
            return;
        }
        acknowledged(link, session, publish, message, now);
    }

    private BrokerSettings announced(BrokerLink link) {
        return link.announced == null ? core.settings() : link.announced;
    }

    /** Whether the message is taken: the broker's limits first, then the policy. */
    private @Nullable ReasonCode check(Session session, Message message) {
        BrokerSettings settings = core.settings();
        if (message.retain() && !core.retained().accepts(message, settings.limits())) {
            core.listener()
                    .limited(session.clientId(), "no room for the retained message of '" + message.topic() + "'");
            return ReasonCode.QUOTA_EXCEEDED;
        }
        return settings.policy().publish(session.clientId(), message);
    }

    private void acknowledged(BrokerLink link, Session session, Publish publish, Message message, long now) {
        int id = publish.packetId();
        boolean repeated = message.qos() == Qos.EXACTLY_ONCE && session.received.contains(id);
        // Only before MQTT 5 may a publish be sent again on the same connection, and then with DUP.
        if (!link.unacknowledged.add(id) && (!publish.dup() || link.version == ProtocolVersion.V5)) {
            core.listener()
                    .violation(
                            session.clientId(),
                            "PUBLISH with packet identifier " + id + ", which is in use [MQTT-2.2.1-3]");
        } else if (repeated && !publish.dup()) {
            core.listener()
                    .violation(session.clientId(), "PUBLISH " + id + " is sent again without DUP [MQTT-3.3.1-1]");
        }
        int receiveMaximum = announced(link).receiveMaximum();
        if (link.unacknowledged.size() > receiveMaximum && link.version == ProtocolVersion.V5) {
            core.violation(
                    link,
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "more than " + receiveMaximum + " publishes are unacknowledged [MQTT-3.3.4-9]",
                    now);
            return;
        }
        ReasonCode decision = repeated ? ReasonCode.SUCCESS : check(session, message);
        if (decision == null || !decision.isError()) {
            if (!repeated) {
                if (message.qos() == Qos.EXACTLY_ONCE) {
                    session.received.add(id);
                }
                int receivers = core.accept(session, message, now);
                if (decision == ReasonCode.SUCCESS && receivers == 0) {
                    decision = ReasonCode.NO_MATCHING_SUBSCRIBERS;
                }
            }
        }
        // The client may have lost its connection over its own message.
        if (decision != null && link.isOpen()) {
            acknowledge(link, message.qos(), id, decision);
        }
    }

    private static void acknowledge(BrokerLink link, Qos qos, int id, ReasonCode decision) {
        ReasonCode reason = link.version == ProtocolVersion.V5 ? decision : ReasonCode.SUCCESS;
        if (qos == Qos.AT_LEAST_ONCE) {
            link.unacknowledged.remove(id);
            link.send(new Puback(id, reason, MqttProperties.NONE));
        } else {
            if (decision.isError() && link.version == ProtocolVersion.V5) {
                link.unacknowledged.remove(id);
            }
            link.send(new Pubrec(id, reason, MqttProperties.NONE));
        }
    }

    void pubrel(BrokerLink link, Session session, Pubrel pubrel) {
        int id = pubrel.packetId();
        link.unacknowledged.remove(id);
        boolean known = session.received.remove(id);
        // A PUBREL may come again after a lost PUBCOMP, so an unknown identifier is not the client's fault.
        ReasonCode reason = known || link.version != ProtocolVersion.V5
                ? ReasonCode.SUCCESS
                : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
        link.send(new Pubcomp(id, reason, MqttProperties.NONE));
    }
}
