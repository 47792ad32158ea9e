package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;

/** PINGREQ, section 3.12: the client asks whether the server is there. */
public final class PingreqCodec {
    private static final int BYTES = PacketType.PINGREQ.firstByte() << 8;

    private PingreqCodec() {}

    /** Writes the packet, two bytes. */
    public static void write(ByteBuf out) {
        out.writeShort(BYTES);
    }

    static Pingreq read(int firstByte, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.PINGREQ, firstByte, version);
        PacketRules.checkEmpty(PacketType.PINGREQ, length);
        return new Pingreq();
    }
}
