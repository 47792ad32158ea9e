package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Unsuback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** UNSUBACK, section 3.11: on MQTT 5 one code per topic filter, before that just the packet identifier. */
public final class UnsubackCodec {
    private static final ReasonCodes REASONS = new ReasonCodes(
            PacketType.UNSUBACK,
            "[MQTT-3.11.3-2]",
            EnumSet.of(
                    ReasonCode.SUCCESS,
                    ReasonCode.NO_SUBSCRIPTION_EXISTED,
                    ReasonCode.UNSPECIFIED_ERROR,
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    ReasonCode.NOT_AUTHORIZED,
                    ReasonCode.TOPIC_FILTER_INVALID,
                    ReasonCode.PACKET_IDENTIFIER_IN_USE));

    private UnsubackCodec() {}

    static int length(Unsuback packet, ProtocolVersion version) {
        PacketRules.checkPacketId(PacketType.UNSUBACK, packet.packetId());
        if (version != ProtocolVersion.V5) {
            if (!packet.reasons().isEmpty()) {
                throw new IllegalArgumentException("an UNSUBACK of MQTT " + version + " has no reason codes");
            }
            return 2;
        }
        if (packet.reasons().isEmpty()) {
            throw new IllegalArgumentException("an UNSUBACK needs a code for each topic filter [MQTT-3.11.3-1]");
        }
        packet.reasons().forEach(REASONS::check);
        int inner = PropertiesCodec.length(packet.properties(), Location.UNSUBACK);
        return FixedHeader.checkLength(
                PacketType.UNSUBACK,
                2L + VariableByteInteger.size(inner) + inner + packet.reasons().size());
    }

    static void write(Unsuback packet, ProtocolVersion version, ByteBuf out) {
        FixedHeader.write(out, PacketType.UNSUBACK.firstByte(), length(packet, version));
        out.writeShort(packet.packetId());
        if (version == ProtocolVersion.V5) {
            int inner = PropertiesCodec.length(packet.properties(), Location.UNSUBACK);
            PropertiesCodec.write(out, packet.properties(), inner);
            packet.reasons().forEach(reason -> out.writeByte(reason.code()));
        }
    }

    static Unsuback read(int firstByte, byte[] buffer, int index, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.UNSUBACK, firstByte, version);
        FieldReader in = new FieldReader(PacketType.UNSUBACK, buffer, index, length);
        int packetId = in.packetId();
        if (version != ProtocolVersion.V5) {
            in.finish();
            return new Unsuback(packetId, List.of(), MqttProperties.NONE);
        }
        MqttProperties properties = PropertiesCodec.read(in, Location.UNSUBACK);
        if (in.remaining() == 0) {
            throw in.missing("[MQTT-3.11.3-1]", "there is no code for a topic filter");
        }
        List<ReasonCode> reasons = new ArrayList<>(in.remaining());
        while (in.remaining() > 0) {
            reasons.add(REASONS.read(in));
        }
        return new Unsuback(packetId, reasons, properties);
    }
}
