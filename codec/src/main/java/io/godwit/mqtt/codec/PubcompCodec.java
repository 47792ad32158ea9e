package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Carrier;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** PUBCOMP, section 3.7: ends a publish of QoS 2. */
public final class PubcompCodec {
    private static final AckCodec ACK = new AckCodec(
            PacketType.PUBCOMP,
            Carrier.PUBCOMP,
            "[MQTT-3.7.2-1]",
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));

    private PubcompCodec() {}

    /** Writes the packet that says success, on any version: four bytes. */
    public static void write(ByteBuf out, int packetId) {
        ACK.write(out, packetId);
    }

    /** Reads into a holder; see {@link PacketCodec#read}. Nothing is allocated when there are no properties. */
    public static void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into) {
        ACK.read(firstByte, in, index, length, version, into);
    }

    static void write(Pubcomp packet, ProtocolVersion version, ByteBuf out) {
        ACK.write(packet.packetId(), packet.reason(), packet.properties(), version, out);
    }

    static Pubcomp read(int firstByte, byte[] in, int index, int length, ProtocolVersion version) {
        AckFields fields = new AckFields();
        ACK.read(firstByte, in, index, length, version, fields);
        return new Pubcomp(fields.packetId, fields.reason, fields.properties);
    }

    static int length(Pubcomp packet, ProtocolVersion version) {
        return ACK.length(packet.packetId(), packet.reason(), packet.properties(), version);
    }
}
