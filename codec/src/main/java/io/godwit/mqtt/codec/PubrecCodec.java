package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Carrier;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** PUBREC, section 3.5: the receiver has taken a publish of QoS 2. */
public final class PubrecCodec {
    private static final AckCodec ACK = new AckCodec(
            PacketType.PUBREC,
            Carrier.PUBREC,
            "[MQTT-3.5.2-1]",
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

    private PubrecCodec() {}

    /** Writes the packet that says success, on any version: four bytes. */
    public static void write(ByteBuf out, int packetId) {
        ACK.write(out, packetId);
    }

    /** Reads into a holder; see {@link PacketCodec#read}. Nothing is allocated when there are no properties. */
    public static void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into) {
        ACK.read(firstByte, in, index, length, version, into);
    }

    static void write(Pubrec packet, ProtocolVersion version, ByteBuf out) {
        ACK.write(packet.packetId(), packet.reason(), packet.properties(), version, out);
    }

    static Pubrec read(int firstByte, byte[] in, int index, int length, ProtocolVersion version) {
        AckFields fields = new AckFields();
        ACK.read(firstByte, in, index, length, version, fields);
        return new Pubrec(fields.packetId, fields.reason, fields.properties);
    }

    static int length(Pubrec packet, ProtocolVersion version) {
        return ACK.length(packet.packetId(), packet.reason(), packet.properties(), version);
    }
}
