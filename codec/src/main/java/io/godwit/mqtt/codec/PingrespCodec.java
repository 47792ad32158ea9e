package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;

/** PINGRESP, section 3.13: the server is there. */
public final class PingrespCodec {
    private static final int BYTES = PacketType.PINGRESP.firstByte() << 8;

    private PingrespCodec() {}

    /** Writes the packet, two bytes. */
    public static void write(ByteBuf out) {
        out.writeShort(BYTES);
    }

    static Pingresp read(int firstByte, int length, ProtocolVersion version) {
        FixedHeader.checkFlags(PacketType.PINGRESP, firstByte, version);
        PacketRules.checkEmpty(PacketType.PINGRESP, length);
        return new Pingresp();
    }
}
