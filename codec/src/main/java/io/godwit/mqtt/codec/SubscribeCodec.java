package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** SUBSCRIBE, section 3.8. */
public final class SubscribeCodec {
    private static final int QOS = 0x03;
    private static final int NO_LOCAL = 0x04;
    private static final int RETAIN_AS_PUBLISHED = 0x08;
    private static final int RESERVED = 0xC0;

    private SubscribeCodec() {}

    static int length(Subscribe packet, ProtocolVersion version) {
        PacketRules.checkPacketId(PacketType.SUBSCRIBE, packet.packetId());
        if (packet.subscriptions().isEmpty()) {
            throw new IllegalArgumentException("a SUBSCRIBE needs at least one topic filter [MQTT-3.8.3-2]");
        }
        long length = 2;
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.SUBSCRIBE);
            length += VariableByteInteger.size(inner) + inner;
        }
        for (TopicSubscription subscription : packet.subscriptions()) {
            length += Strings.size("topic filter", subscription.filter().text()) + 1;
        }
        return FixedHeader.checkLength(PacketType.SUBSCRIBE, length);
    }

    static void write(Subscribe packet, ProtocolVersion version, ByteBuf out) {
        FixedHeader.write(out, PacketType.SUBSCRIBE.firstByte(), length(packet, version));
        out.writeShort(packet.packetId());
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.SUBSCRIBE);
            PropertiesCodec.write(out, packet.properties(), inner);
        }
        for (TopicSubscription subscription : packet.subscriptions()) {
            Strings.write(out, subscription.filter().text());
            out.writeByte(options(subscription, version));
        }
    }

    static Subscribe read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.SUBSCRIBE, firstByte, version);
        FieldReader in = new FieldReader(PacketType.SUBSCRIBE, buffer, index, length);
        int packetId = in.packetId();
        MqttProperties properties =
                version == ProtocolVersion.V5 ? PropertiesCodec.read(in, Location.SUBSCRIBE) : MqttProperties.NONE;
        if (in.remaining() == 0) {
            throw in.missing("[MQTT-3.8.3-2]", "there is no topic filter");
        }
        List<TopicSubscription> subscriptions = new ArrayList<>();
        while (in.remaining() > 0) {
            TopicFilter filter = readFilter(in);
            subscriptions.add(readOptions(in, filter, version));
        }
        return new Subscribe(packetId, subscriptions, properties);
    }

    /** Reads and checks a topic filter, for UNSUBSCRIBE too. */
    static TopicFilter readFilter(FieldReader in) {
        String text = in.string("topic filter");
        String fault = TopicFilter.fault(text);
        if (fault != null) {
            throw in.fault(ReasonCode.MALFORMED_PACKET, fault);
        }
        return TopicFilter.of(text);
    }

    private static int options(TopicSubscription subscription, ProtocolVersion version) {
        int qos = subscription.maximumQos().level();
        return version != ProtocolVersion.V5
                ? qos
                : qos
                        | (subscription.noLocal() ? NO_LOCAL : 0)
                        | (subscription.retainAsPublished() ? RETAIN_AS_PUBLISHED : 0)
                        | subscription.retainHandling().ordinal() << 4;
    }

    private static TopicSubscription readOptions(FieldReader in, TopicFilter filter, ProtocolVersion version) {
        int options = in.oneByte("subscription options");
        int qos = options & QOS;
        if (qos == 3) {
            throw in.fault(ReasonCode.PROTOCOL_ERROR, "(section 3.8.3.1)", "QoS 3 is asked for, which does not exist");
        }
        int reserved = version == ProtocolVersion.V5 ? RESERVED : ~QOS;
        if ((options & reserved) != 0) {
            throw in.malformed(
                    "[MQTT-3.8.3-5]", "reserved bits of the options 0x" + Integer.toHexString(options) + " are set");
        }
        boolean noLocal = (options & NO_LOCAL) != 0;
        int retainHandling = options >> 4;
        if (noLocal && filter.isShared()) {
            throw in.fault(
                    ReasonCode.PROTOCOL_ERROR,
                    "[MQTT-3.8.3-4]",
                    "no local is set on the shared subscription " + filter);
        }
        if (retainHandling == 3) {
            throw in.fault(ReasonCode.PROTOCOL_ERROR, "(section 3.8.3.1)", "retain handling 3 does not exist");
        }
        return new TopicSubscription(
                filter, Qos.of(qos), noLocal, (options & RETAIN_AS_PUBLISHED) != 0, RetainHandling.of(retainHandling));
    }
}
