package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property.Carrier;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;

/** PUBREL, section 3.6: the sender lets go of a publish of QoS 2. */
public final class PubrelCodec {
    private static final AckCodec ACK = new AckCodec(
            PacketType.PUBREL,
            Carrier.PUBREL,
            "[MQTT-3.6.2-1]",
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));

    private PubrelCodec() {}

    /** Writes the packet that says success, on any version: four bytes. */
    public static void write(ByteBuf out, int packetId) {
        ACK.write(out, packetId);
    }

    /** Reads into a holder; see {@link PacketCodec#read}. Nothing is allocated when there are no properties. */
    public static void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into) {
        ACK.read(firstByte, in, index, length, version, into);
    }

    static void write(Pubrel packet, ProtocolVersion version, ByteBuf out) {
        ACK.write(packet.packetId(), packet.reason(), packet.properties(), version, out);
    }

    static Pubrel read(int firstByte, byte[] in, int index, int length, ProtocolVersion version) {
        AckFields fields = new AckFields();
        ACK.read(firstByte, in, index, length, version, fields);
        return new Pubrel(fields.packetId, fields.reason, fields.properties);
    }

    static int length(Pubrel packet, ProtocolVersion version) {
        return ACK.length(packet.packetId(), packet.reason(), packet.properties(), version);
    }
}
