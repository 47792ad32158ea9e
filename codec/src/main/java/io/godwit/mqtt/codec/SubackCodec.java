package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** SUBACK, section 3.9: one code per topic filter. */
public final class SubackCodec {
    private static final EnumSet<ReasonCode> GRANTED =
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_2);

    private static final ReasonCodes REASONS_3_1 =
            new ReasonCodes(PacketType.SUBACK, "(MQTT 3.1, section 3.9)", GRANTED);

    private static final ReasonCodes REASONS_3_1_1 = new ReasonCodes(
            PacketType.SUBACK,
            "[MQTT-3.9.3-2]",
            EnumSet.of(
                    ReasonCode.SUCCESS,
                    ReasonCode.GRANTED_QOS_1,
                    ReasonCode.GRANTED_QOS_2,
                    ReasonCode.UNSPECIFIED_ERROR));

    private static final ReasonCodes REASONS_5 = new ReasonCodes(
            PacketType.SUBACK,
            "[MQTT-3.9.3-2]",
            EnumSet.of(
                    ReasonCode.SUCCESS,
                    ReasonCode.GRANTED_QOS_1,
                    ReasonCode.GRANTED_QOS_2,
                    ReasonCode.UNSPECIFIED_ERROR,
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    ReasonCode.NOT_AUTHORIZED,
                    ReasonCode.TOPIC_FILTER_INVALID,
                    ReasonCode.PACKET_IDENTIFIER_IN_USE,
                    ReasonCode.QUOTA_EXCEEDED,
                    ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED));

    private SubackCodec() {}

    static int length(Suback packet, ProtocolVersion version) {
        PacketRules.checkPacketId(PacketType.SUBACK, packet.packetId());
        if (packet.reasons().isEmpty()) {
            throw new IllegalArgumentException("a SUBACK needs a code for each topic filter [MQTT-3.8.4-6]");
        }
        ReasonCodes allowed = reasons(version);
        packet.reasons().forEach(allowed::check);
        long length = 2L + packet.reasons().size();
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.SUBACK);
            length += VariableByteInteger.size(inner) + inner;
        }
        return FixedHeader.checkLength(PacketType.SUBACK, length);
    }

    static void write(Suback packet, ProtocolVersion version, ByteBuf out) {
        FixedHeader.write(out, PacketType.SUBACK.firstByte(), length(packet, version));
        out.writeShort(packet.packetId());
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.SUBACK);
            PropertiesCodec.write(out, packet.properties(), inner);
        }
        packet.reasons().forEach(reason -> out.writeByte(reason.code()));
    }

    static Suback read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.SUBACK, firstByte, version);
        FieldReader in = new FieldReader(PacketType.SUBACK, buffer, index, length);
        int packetId = in.packetId();
        MqttProperties properties =
                version == ProtocolVersion.V5 ? PropertiesCodec.read(in, Location.SUBACK) : MqttProperties.NONE;
        if (in.remaining() == 0) {
            throw in.missing("[MQTT-3.8.4-6]", "there is no code for a topic filter");
        }
        ReasonCodes allowed = reasons(version);
        List<ReasonCode> reasons = new ArrayList<>(in.remaining());
        while (in.remaining() > 0) {
            reasons.add(allowed.read(in));
        }
        return new Suback(packetId, reasons, properties);
    }

    private static ReasonCodes reasons(ProtocolVersion version) {
        return switch (version) {
            case V3_1 -> REASONS_3_1;
            case V3_1_1 -> REASONS_3_1_1;
            case V5 -> REASONS_5;
        };
    }
}
