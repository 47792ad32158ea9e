package io.godwit.mqtt.codec;

import io.netty.buffer.ByteBuf;

/** The variable byte integer, section 1.5.5: seven bits a byte, low bits first, one to four bytes. */
final class VariableByteInteger {
    /** 268,435,455: the most that four bytes hold. */
    static final int MAX = 0x0FFF_FFFF;

    private VariableByteInteger() {}

    /** How many bytes the value takes, 1 to 4. */
    static int size(int value) {
        return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
    }

    /** Writes a value of 0 to {@link #MAX} in as few bytes as it takes [MQTT-1.5.5-1]. */
    static void write(ByteBuf out, int value) {
        if (value < 0x80) {
            out.writeByte(value);
        } else if (value < 0x4000) {
            out.writeShort((value & 0x7F | 0x80) << 8 | value >>> 7);
        } else if (value < 0x20_0000) {
            out.writeMedium((value & 0x7F | 0x80) << 16 | (value >>> 7 & 0x7F | 0x80) << 8 | value >>> 14);
        } else {
            out.writeInt((value & 0x7F | 0x80) << 24
                    | (value >>> 7 & 0x7F | 0x80) << 16
                    | (value >>> 14 & 0x7F | 0x80) << 8
                    | value >>> 21);
        }
    }
}
