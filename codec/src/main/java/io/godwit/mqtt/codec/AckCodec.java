package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/**
 * PUBACK, PUBREC, PUBREL and PUBCOMP, sections 3.4 to 3.7. They have the same layout: a packet identifier, and on MQTT 5 a
 * reason code and properties, which may be left out if they say nothing.
 */
public final class AckCodec {
    private static final Set<ReasonCode> OF_PUBLISH = EnumSet.of(
            ReasonCode.SUCCESS,
            ReasonCode.NO_MATCHING_SUBSCRIBERS,
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.NOT_AUTHORIZED,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.PACKET_IDENTIFIER_IN_USE,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.PAYLOAD_FORMAT_INVALID);
    private static final Set<ReasonCode> OF_RELEASE =
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);

    /** Completes a publish of QoS 1. */
    public static final AckCodec PUBACK =
            new AckCodec(PacketType.PUBACK, Location.PUBACK, "[MQTT-3.4.2-1]", OF_PUBLISH);
    /** The receiver has taken a publish of QoS 2. */
    public static final AckCodec PUBREC =
            new AckCodec(PacketType.PUBREC, Location.PUBREC, "[MQTT-3.5.2-1]", OF_PUBLISH);
    /** The sender releases a publish of QoS 2. */
    public static final AckCodec PUBREL =
            new AckCodec(PacketType.PUBREL, Location.PUBREL, "[MQTT-3.6.2-1]", OF_RELEASE);
    /** Completes a publish of QoS 2. */
    public static final AckCodec PUBCOMP =
            new AckCodec(PacketType.PUBCOMP, Location.PUBCOMP, "[MQTT-3.7.2-1]", OF_RELEASE);

    // Set once.
    private final PacketType type;
    private final Location location;
    private final ReasonCodes reasons;
    /** The whole packet without reason and properties, the identifier still 0. */
    private final int shortForm;

    private AckCodec(PacketType type, Location location, String statement, Set<ReasonCode> reasons) {
        this.type = type;
        this.location = location;
        this.reasons = new ReasonCodes(type, statement, reasons);
        this.shortForm = type.firstByte() << 24 | 2 << 16;
    }

    /** Writes the packet that reports success, on any version: four bytes. */
    public void write(ByteBuf out, int packetId) {
        out.writeInt(shortForm | PacketRules.checkPacketId(type, packetId));
    }

    int length(int packetId, ReasonCode reason, MqttProperties properties, ProtocolVersion version) {
        PacketRules.checkPacketId(type, packetId);
        reasons.check(reason, version);
        if (version != ProtocolVersion.V5) {
            return 2;
        }
        if (properties.isEmpty()) {
            return reason == ReasonCode.SUCCESS ? 2 : 3;
        }
        int inner = PropertiesCodec.length(properties, location);
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
            PropertiesCodec.write(out, properties, PropertiesCodec.length(properties, location));
        }
    }

    /** Reads into a holder; see {@link PacketCodec#read}. Allocates nothing if there are no properties. */
    public void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into) {
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
                into.properties = PropertiesCodec.read(fields, location);
            }
        }
        fields.finish();
    }
}
