package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.session.Failure.Kind;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import org.jspecify.annotations.Nullable;

/**
 * What the broker allows on this connection, as its CONNACK said, section 3.2.2.3.
 *
 * @param receiveMaximum publishes of QoS 1 and 2 in flight
 * @param maximumQos the highest QoS of a publish
 * @param retainAvailable whether publishes may be retained
 * @param maximumPacketSize bytes
 * @param topicAliasMaximum topic aliases that this client may use
 */
public record ServerLimits(
        int receiveMaximum,
        Qos maximumQos,
        boolean retainAvailable,
        long maximumPacketSize,
        int topicAliasMaximum,
        boolean wildcardsAvailable,
        boolean sharedAvailable,
        boolean identifiersAvailable) {
    /** The longest packet that the remaining length can express, with its fixed header. */
    static final long LARGEST_PACKET = 268_435_455 + 5;

    /** No limits but those of the protocol. */
    static final ServerLimits NONE =
            new ServerLimits(65_535, Qos.EXACTLY_ONCE, true, LARGEST_PACKET, 0, true, true, true);

    static ServerLimits of(MqttProperties connack) {
        return new ServerLimits(
                connack.getOr(Property.RECEIVE_MAXIMUM, 65_535),
                Qos.of(connack.getOr(Property.MAXIMUM_QOS, 2)),
                connack.getOr(Property.RETAIN_AVAILABLE, 1) == 1,
                Math.min(LARGEST_PACKET, connack.getOr(Property.MAXIMUM_PACKET_SIZE, LARGEST_PACKET)),
                connack.getOr(Property.TOPIC_ALIAS_MAXIMUM, 0),
                connack.getOr(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 1) == 1,
                connack.getOr(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1) == 1,
                connack.getOr(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1) == 1);
    }

    /** Whether there is a message that the broker would refuse. */
    boolean limitMessages() {
        return maximumQos != Qos.EXACTLY_ONCE || !retainAvailable || maximumPacketSize < LARGEST_PACKET;
    }

    /** What the broker would refuse in this message, or null. */
    @Nullable
    Failure check(Message message) {
        if (message.qos().compareTo(maximumQos) > 0) {
            return Failure.of(
                    Kind.LIMIT,
                    ReasonCode.QOS_NOT_SUPPORTED,
                    "the broker takes QoS " + maximumQos.level() + " at most, the message for '" + message.topic()
                            + "' has QoS " + message.qos().level() + " [MQTT-3.2.2-11]");
        }
        if (message.retain() && !retainAvailable) {
            return Failure.of(
                    Kind.LIMIT,
                    ReasonCode.RETAIN_NOT_SUPPORTED,
                    "the broker retains nothing, the message for '" + message.topic()
                            + "' asks for it [MQTT-3.2.2-14]");
        }
        return null;
    }

    @Nullable
    Failure checkSize(long size, String what) {
        return size <= maximumPacketSize
                ? null
                : Failure.of(
                        Kind.LIMIT,
                        ReasonCode.PACKET_TOO_LARGE,
                        what + " takes " + size + " bytes as a packet, the broker takes " + maximumPacketSize
                                + " at most [MQTT-3.2.2-15]");
    }

    /** What the broker would refuse in this subscription, or null. */
    @Nullable
    Failure check(TopicSubscription subscription, MqttProperties properties) {
        if (subscription.filter().isShared() && !sharedAvailable) {
            return Failure.of(
                    Kind.LIMIT,
                    ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    "the broker has no shared subscriptions, '" + subscription.filter() + "' is one");
        }
        if (subscription.filter().hasWildcard() && !wildcardsAvailable) {
            return Failure.of(
                    Kind.LIMIT,
                    ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
                    "the broker has no wildcard subscriptions, '" + subscription.filter() + "' is one");
        }
        if (properties.has(Property.SUBSCRIPTION_IDENTIFIER) && !identifiersAvailable) {
            return Failure.of(
                    Kind.LIMIT,
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    "the broker has no subscription identifiers, the subscription to '" + subscription.filter()
                            + "' has one");
        }
        return null;
    }
}
