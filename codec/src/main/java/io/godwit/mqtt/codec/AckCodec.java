package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Carrier;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.Set;

/**
 * What PUBACK, PUBREC, PUBREL and PUBCOMP share, sections 3.4 to 3.7: a packet identifier, and on MQTT 5 a reason code
 * and properties, which may be left out when they say nothing.
 */
final class AckCodec {
    private final PacketType type;
    private final Carrier carrier;
    private final ReasonCodes reasons;
    /** The whole packet without reason and properties, the identifier still 0. */
    private final int shortForm;

    AckCodec(PacketType type, Carrier carrier, String statement, Set<ReasonCode> reasons) {
        this.type = type;
        this.carrier = carrier;
        this.reasons = new ReasonCodes(type, statement, reasons);
        this.shortForm = type.firstByte() << 24 | 2 << 16;
    }

    void write(ByteBuf out, int packetId) {
        out.writeInt(shortForm | PacketCodec.checkPacketId(type, packetId));
    }

    int length(int packetId, ReasonCode reason, MqttProperties properties, ProtocolVersion version) {
        PacketCodec.checkPacketId(type, packetId);
        reasons.check(reason, version);
        if (version != ProtocolVersion.V5) {
            return 2;
        }
        if (properties.isEmpty()) {
            return reason == ReasonCode.SUCCESS ? 2 : 3;
        }
        int inner = PropertiesCodec.length(properties, carrier);
        return FixedHeader.checkLength(type, 3L + VariableByteInteger.size(inner) + inner);
    }

    void write(int packetId, ReasonCode reason, MqttProperties properties, ProtocolVersion version, ByteBuf out) {
        int length = length(packetId, reason, properties, version);
        if (length == 2) {
            out.writeInt(shortForm | packetId);
            return;
        }
        FixedHeader.write(out, type.firstByte(), length);
        out.writeMedium(packetId << 8 | reason.code());
        if (length > 3) {
            PropertiesCodec.write(out, properties, PropertiesCodec.length(properties, carrier));
        }
    }

    void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into) {
        if (length == 2 && firstByte == type.firstByte()) {
            int packetId = FieldReader.twoBytes(in, index);
            if (packetId != 0) {
                into.packetId = packetId;
                into.reason = ReasonCode.SUCCESS;
                into.properties = MqttProperties.NONE;
                return;
            }
        }
        FixedHeader.checkFlags(type, firstByte, version);
        FieldReader fields = new FieldReader(type, in, index, length);
        into.packetId = fields.packetId();
        into.reason = ReasonCode.SUCCESS;
        into.properties = MqttProperties.NONE;
        if (version == ProtocolVersion.V5 && fields.remaining() > 0) {
            into.reason = reasons.read(fields);
            if (fields.remaining() > 0) {
                into.properties = PropertiesCodec.read(fields, carrier);
            }
        }
        fields.finish();
    }
}
