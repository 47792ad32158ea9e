package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;

/** The fixed header, section 2.1: type and flags in the first byte, then the remaining length. */
final class FixedHeader {
    private FixedHeader() {}

    /** The bytes of a whole packet whose body takes {@code length}. */
    static int sizeWith(int length) {
        return 1 + VariableByteInteger.size(length) + length;
    }

    /** Writes the header of a packet whose body takes {@code length} bytes; small packets with one store. */
    static void write(ByteBuf out, int firstByte, int length) {
        if (length < 0x80) {
            out.writeShort(firstByte << 8 | length);
        } else if (length < 0x4000) {
            out.writeMedium(firstByte << 16 | (length & 0x7F | 0x80) << 8 | length >>> 7);
        } else {
            out.writeByte(firstByte);
            VariableByteInteger.write(out, length);
        }
    }

    /** The same into an array from {@code index} on; returns the index behind it. */
    static int write(byte[] out, int index, int firstByte, int length) {
        int at = index;
        out[at++] = (byte) firstByte;
        int rest = length;
        for (; rest >= 0x80; rest >>>= 7) {
            out[at++] = (byte) (rest | 0x80);
        }
        out[at++] = (byte) rest;
        return at;
    }

    /** The body's length as an int, or an error if no remaining length can express it. */
    static int checkLength(PacketType type, long length) {
        if (length > VariableByteInteger.MAX) {
            throw new IllegalArgumentException("the " + type + " would have a remaining length of " + length
                    + "; at most 268,435,455 can be expressed (section 2.1.4)");
        }
        return (int) length;
    }

    /**
     * Checks the flags of all packets but PUBLISH [MQTT-2.1.3-1]. MQTT 3.1 gave the DUP flag to PUBREL, SUBSCRIBE and
     * UNSUBSCRIBE too, and left the flags of the others without meaning.
     */
    static void checkFlags(PacketType type, int firstByte, ProtocolVersion version) {
        int expected = type.flags();
        int checked = version != ProtocolVersion.V3_1 ? 0x0F : expected == 0 ? 0 : 0x06;
        if ((firstByte & checked) != expected) {
            throw new ProtocolViolationException(
                    type,
                    ReasonCode.MALFORMED_PACKET,
                    0,
                    "[MQTT-2.1.3-1]",
                    "the flags of the first byte are 0x" + Integer.toHexString(firstByte & 0x0F) + "; they must be 0x"
                            + Integer.toHexString(expected));
        }
    }
}
