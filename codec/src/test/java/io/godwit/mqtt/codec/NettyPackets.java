package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.godwit.mqtt.protocol.UserProperty;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Godwit's packets as those of Netty's MQTT codec, and back, field by field. */
final class NettyPackets {
    private NettyPackets() {}

    static MqttMessage toNetty(Packet packet) {
        if (packet instanceof Connect p) {
            return connect(p);
        } else if (packet instanceof Connack p) {
            MqttConnectReturnCode code = MqttConnectReturnCode.valueOf((byte) p.code());
            return new MqttConnAckMessage(
                    header(MqttMessageType.CONNACK),
                    new MqttConnAckVariableHeader(code, p.sessionPresent(), toNetty(p.properties())));
        } else if (packet instanceof Publish p) {
            return publish(p);
        } else if (packet instanceof Puback p) {
            return ack(MqttMessageType.PUBACK, p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Pubrec p) {
            return ack(MqttMessageType.PUBREC, p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Pubrel p) {
            return ack(MqttMessageType.PUBREL, p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Pubcomp p) {
            return ack(MqttMessageType.PUBCOMP, p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Subscribe p) {
            List<MqttTopicSubscription> subscriptions =
                    p.subscriptions().stream().map(NettyPackets::toNetty).toList();
            return new MqttSubscribeMessage(
                    header(MqttMessageType.SUBSCRIBE),
                    new MqttMessageIdAndPropertiesVariableHeader(p.packetId(), toNetty(p.properties())),
                    new MqttSubscribePayload(subscriptions));
        } else if (packet instanceof Suback p) {
            return new MqttSubAckMessage(
                    header(MqttMessageType.SUBACK),
                    new MqttMessageIdAndPropertiesVariableHeader(p.packetId(), toNetty(p.properties())),
                    new MqttSubAckPayload(
                            p.reasons().stream().mapToInt(ReasonCode::code).toArray()));
        } else if (packet instanceof Unsubscribe p) {
            return new MqttUnsubscribeMessage(
                    header(MqttMessageType.UNSUBSCRIBE),
                    new MqttMessageIdAndPropertiesVariableHeader(p.packetId(), toNetty(p.properties())),
                    new MqttUnsubscribePayload(
                            p.filters().stream().map(TopicFilter::text).toList()));
        } else if (packet instanceof Unsuback p) {
            return new MqttUnsubAckMessage(
                    header(MqttMessageType.UNSUBACK),
                    new MqttMessageIdAndPropertiesVariableHeader(p.packetId(), toNetty(p.properties())),
                    new MqttUnsubAckPayload(
                            p.reasons().stream().map(r -> (short) r.code()).toList()));
        } else if (packet instanceof Pingreq) {
            return MqttMessage.PINGREQ;
        } else if (packet instanceof Pingresp) {
            return MqttMessage.PINGRESP;
        } else if (packet instanceof Disconnect p) {
            return new MqttMessage(header(MqttMessageType.DISCONNECT), reason(p.reason(), p.properties()));
        } else {
            Auth p = (Auth) packet;
            return new MqttMessage(header(MqttMessageType.AUTH), reason(p.reason(), p.properties()));
        }
    }

    static Packet fromNetty(MqttMessage message) {
        return switch (message.fixedHeader().messageType()) {
            case CONNECT -> connect((MqttConnectMessage) message);
            case CONNACK -> {
                MqttConnAckVariableHeader header = ((MqttConnAckMessage) message).variableHeader();
                yield new Connack(
                        header.isSessionPresent(),
                        header.connectReturnCode().byteValue() & 0xFF,
                        fromNetty(header.properties()));
            }
            case PUBLISH -> publish((MqttPublishMessage) message);
            case PUBACK -> new Puback(id(message), ackReason(message), ackProperties(message));
            case PUBREC -> new Pubrec(id(message), ackReason(message), ackProperties(message));
            case PUBREL -> new Pubrel(id(message), ackReason(message), ackProperties(message));
            case PUBCOMP -> new Pubcomp(id(message), ackReason(message), ackProperties(message));
            case SUBSCRIBE ->
                new Subscribe(
                        id(message),
                        ((MqttSubscribeMessage) message)
                                .payload().topicSubscriptions().stream()
                                        .map(NettyPackets::fromNetty)
                                        .toList(),
                        ackProperties(message));
            case SUBACK ->
                new Suback(
                        id(message),
                        ((MqttSubAckMessage) message)
                                .payload().reasonCodes().stream()
                                        .map(NettyPackets::reason)
                                        .toList(),
                        ackProperties(message));
            case UNSUBSCRIBE ->
                new Unsubscribe(
                        id(message),
                        ((MqttUnsubscribeMessage) message)
                                .payload().topics().stream()
                                        .map(TopicFilter::of)
                                        .toList(),
                        ackProperties(message));
            case UNSUBACK -> {
                MqttUnsubAckPayload payload = ((MqttUnsubAckMessage) message).payload();
                yield new Unsuback(
                        id(message),
                        payload.unsubscribeReasonCodes().stream()
                                .map(NettyPackets::reason)
                                .toList(),
                        ackProperties(message));
            }
            case PINGREQ -> new Pingreq();
            case PINGRESP -> new Pingresp();
            case DISCONNECT -> new Disconnect(ackReason(message), ackProperties(message));
            case AUTH -> new Auth(ackReason(message), ackProperties(message));
        };
    }

    /** The packet with its properties by rising identifier: Netty forgets the order of the wire. */
    static Packet sorted(Packet packet) {
        return fromNetty(toNetty(packet));
    }

    private static MqttProperties sorted(MqttProperties properties) {
        MqttProperties.Builder sorted = MqttProperties.builder();
        IntStream.range(0, properties.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> properties.property(i).identifier()))
                .forEach(i -> sorted.add(properties.property(i), properties.value(i)));
        return sorted.build();
    }

    private static MqttFixedHeader header(MqttMessageType type) {
        boolean one = type == MqttMessageType.PUBREL
                || type == MqttMessageType.SUBSCRIBE
                || type == MqttMessageType.UNSUBSCRIBE;
        return new MqttFixedHeader(type, false, one ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE, false, 0);
    }

    private static MqttMessage connect(Connect p) {
        Message will = p.will();
        MqttConnectVariableHeader header = new MqttConnectVariableHeader(
                p.version().protocolName(),
                p.version().level(),
                p.username() != null,
                p.password() != null,
                will != null && will.retain(),
                will == null ? 0 : will.qos().level(),
                will != null,
                p.cleanStart(),
                p.keepAlive(),
                toNetty(p.properties()));
        return new MqttConnectMessage(
                header(MqttMessageType.CONNECT),
                header,
                new MqttConnectPayload(
                        p.clientId(),
                        will == null
                                ? io.netty.handler.codec.mqtt.MqttProperties.NO_PROPERTIES
                                : toNetty(will.properties()),
                        will == null ? null : will.topic(),
                        will == null ? null : will.payload(),
                        p.username(),
                        p.password()));
    }

    private static Connect connect(MqttConnectMessage message) {
        MqttConnectVariableHeader header = message.variableHeader();
        MqttConnectPayload payload = message.payload();
        Message will = !header.isWillFlag()
                ? null
                : new Message(
                        payload.willTopic(),
                        payload.willMessageInBytes(),
                        Qos.of(header.willQos()),
                        header.isWillRetain(),
                        fromNetty(payload.willProperties()));
        return new Connect(
                Objects.requireNonNull(ProtocolVersion.of(header.name(), header.version())),
                payload.clientIdentifier(),
                header.isCleanSession(),
                header.keepAliveTimeSeconds(),
                will,
                header.hasUserName() ? payload.userName() : null,
                header.hasPassword() ? payload.passwordInBytes() : null,
                fromNetty(header.properties()));
    }

    private static MqttMessage publish(Publish p) {
        Message m = p.message();
        io.netty.handler.codec.mqtt.MqttProperties properties = toNetty(m.properties());
        if (p.topicAlias() != 0) {
            properties.add(new io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty(
                    io.netty.handler.codec.mqtt.MqttProperties.TOPIC_ALIAS, p.topicAlias()));
        }
        return new MqttPublishMessage(
                new MqttFixedHeader(
                        MqttMessageType.PUBLISH,
                        p.dup(),
                        MqttQoS.valueOf(m.qos().level()),
                        m.retain(),
                        0),
                new MqttPublishVariableHeader(m.topic(), p.packetId(), properties),
                Unpooled.wrappedBuffer(m.payload()));
    }

    private static Publish publish(MqttPublishMessage message) {
        MqttPublishVariableHeader header = message.variableHeader();
        MqttProperties properties = fromNetty(header.properties());
        Message m = new Message(
                header.topicName(),
                ByteBufUtil.getBytes(message.payload()),
                Qos.of(message.fixedHeader().qosLevel().value()),
                message.fixedHeader().isRetain(),
                properties.with(Property.TOPIC_ALIAS, null));
        message.release();
        return new Publish(
                m,
                message.fixedHeader().isDup(),
                Math.max(0, header.packetId()),
                properties.getOr(Property.TOPIC_ALIAS, 0));
    }

    private static MqttMessage ack(MqttMessageType type, int packetId, ReasonCode reason, MqttProperties properties) {
        return new MqttMessage(
                header(type),
                new MqttPubReplyMessageVariableHeader(packetId, (byte) reason.code(), toNetty(properties)));
    }

    private static MqttReasonCodeAndPropertiesVariableHeader reason(ReasonCode reason, MqttProperties properties) {
        return new MqttReasonCodeAndPropertiesVariableHeader((byte) reason.code(), toNetty(properties));
    }

    private static int id(MqttMessage message) {
        return ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
    }

    private static ReasonCode ackReason(MqttMessage message) {
        Object header = message.variableHeader();
        int code = header instanceof MqttPubReplyMessageVariableHeader h
                ? h.reasonCode()
                : header instanceof MqttReasonCodeAndPropertiesVariableHeader h ? h.reasonCode() : 0;
        return reason(code);
    }

    private static MqttProperties ackProperties(MqttMessage message) {
        Object header = message.variableHeader();
        return fromNetty(
                header instanceof MqttPubReplyMessageVariableHeader h
                        ? h.properties()
                        : header instanceof MqttReasonCodeAndPropertiesVariableHeader h
                                ? h.properties()
                                : header instanceof MqttMessageIdAndPropertiesVariableHeader h ? h.properties() : null);
    }

    private static ReasonCode reason(Number code) {
        return Objects.requireNonNull(ReasonCode.of(code.intValue() & 0xFF));
    }

    private static MqttTopicSubscription toNetty(TopicSubscription subscription) {
        return new MqttTopicSubscription(
                subscription.filter().text(),
                new MqttSubscriptionOption(
                        MqttQoS.valueOf(subscription.maximumQos().level()),
                        subscription.noLocal(),
                        subscription.retainAsPublished(),
                        RetainedHandlingPolicy.valueOf(
                                subscription.retainHandling().ordinal())));
    }

    private static TopicSubscription fromNetty(MqttTopicSubscription subscription) {
        MqttSubscriptionOption option = subscription.option();
        return new TopicSubscription(
                TopicFilter.of(subscription.topicFilter()),
                Qos.of(option.qos().value()),
                option.isNoLocal(),
                option.isRetainAsPublished(),
                RetainHandling.of(option.retainHandling().value()));
    }

    private static io.netty.handler.codec.mqtt.MqttProperties toNetty(MqttProperties properties) {
        io.netty.handler.codec.mqtt.MqttProperties netty = new io.netty.handler.codec.mqtt.MqttProperties();
        properties.forEach((property, value) -> {
            int id = property.identifier();
            netty.add(
                    switch (property.type()) {
                        case BYTE, TWO_BYTES, VARIABLE ->
                            new io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty(id, (Integer) value);
                        case FOUR_BYTES ->
                            new io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty(
                                    id, ((Long) value).intValue());
                        case STRING ->
                            new io.netty.handler.codec.mqtt.MqttProperties.StringProperty(id, (String) value);
                        case STRING_PAIR ->
                            new io.netty.handler.codec.mqtt.MqttProperties.UserProperty(
                                    ((UserProperty) value).name(), ((UserProperty) value).value());
                        case BINARY ->
                            new io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty(id, (byte[]) value);
                    });
        });
        return netty;
    }

    private static MqttProperties fromNetty(io.netty.handler.codec.mqtt.@Nullable MqttProperties netty) {
        MqttProperties.Builder properties = MqttProperties.builder();
        if (netty != null) {
            for (io.netty.handler.codec.mqtt.MqttProperties.MqttProperty<?> entry : netty.listAll()) {
                Property<?> property = Objects.requireNonNull(Property.of(entry.propertyId()));
                if (entry.value() instanceof List<?> pairs) {
                    for (Object pair : pairs) {
                        io.netty.handler.codec.mqtt.MqttProperties.StringPair p =
                                (io.netty.handler.codec.mqtt.MqttProperties.StringPair) pair;
                        properties.add(property, new UserProperty(p.key, p.value));
                    }
                } else if (entry.value() instanceof io.netty.handler.codec.mqtt.MqttProperties.StringPair p) {
                    properties.add(property, new UserProperty(p.key, p.value));
                } else {
                    boolean wide = property.type() == Property.Type.FOUR_BYTES;
                    properties.add(property, wide ? (Integer) entry.value() & 0xFFFF_FFFFL : entry.value());
                }
            }
        }
        return sorted(properties.build());
    }
}
