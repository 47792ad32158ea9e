package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Carrier;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** PUBACK, section 3.4: ends a publish of QoS 1. */
public final class PubackCodec {
    private static final AckCodec ACK = new AckCodec(
            PacketType.PUBACK,
            Carrier.PUBACK,
            "[MQTT-3.4.2-1]",
            EnumSet.of(
                    ReasonCode.SUCCESS,
                    ReasonCode.NO_MATCHING_SUBSCRIBERS,
                    ReasonCode.UNSPECIFIED_ERROR,
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    ReasonCode.NOT_AUTHORIZED,
                    ReasonCode.TOPIC_NAME_INVALID,
                    ReasonCode.PACKET_IDENTIFIER_IN_USE,
                    ReasonCode.QUOTA_EXCEEDED,
                    ReasonCode.PAYLOAD_FORMAT_INVALID));

    private PubackCodec() {}

    /** Writes the packet that says success, on any version: four bytes. */
    public static void write(ByteBuf out, int packetId) {
        ACK.write(out, packetId);
    }

    /** Reads into a holder; see {@link PacketCodec#read}. Nothing is allocated when there are no properties. */
    public static void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into) {
        ACK.read(firstByte, in, index, length, version, into);
    }

    static void write(Puback packet, ProtocolVersion version, ByteBuf out) {
        ACK.write(packet.packetId(), packet.reason(), packet.properties(), version, out);
    }

    static Puback read(int firstByte, byte[] in, int index, int length, ProtocolVersion version) {
        AckFields fields = new AckFields();
        ACK.read(firstByte, in, index, length, version, fields);
        return new Puback(fields.packetId, fields.reason, fields.properties);
    }

    static int length(Puback packet, ProtocolVersion version) {
        return ACK.length(packet.packetId(), packet.reason(), packet.properties(), version);
    }
}
