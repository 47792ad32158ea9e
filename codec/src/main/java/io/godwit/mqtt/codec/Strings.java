package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** UTF-8 strings, section 1.5.4: two bytes of length, then well-formed UTF-8 without U+0000. ASCII takes a short way. */
final class Strings {
    private Strings() {}

    /**
     * The bytes that the string takes with its length prefix.
     *
     * @throws IllegalArgumentException if no packet can carry it; {@code what} names the field
     */
    static int size(String what, String text) {
        Utf8.check(what, text);
        return 2 + Utf8.length(text);
    }

    /** Writes length and bytes of a string that {@link #size} has checked. */
    static void write(ByteBuf out, String text) {
        int bytes = Utf8.length(text);
        out.writeShort(bytes);
        if (bytes == text.length()) {
            out.writeCharSequence(text, StandardCharsets.US_ASCII);
        } else {
            ByteBufUtil.reserveAndWriteUtf8(out, text, bytes); // writeUtf8 wants room for three bytes per char
        }
    }

    /**
     * Reads {@code length} bytes of UTF-8 that begin at {@code index}.
     *
     * @throws ProtocolViolationException with the offset from {@code index}
     */
    static String read(byte[] in, int index, int length) {
        if (length == 0) {
            return "";
        }
        int to = index + length;
        for (int i = index; i < to; i++) {
            if (in[i] <= 0) {
                check(in, i, to, index);
                return new String(in, index, length, StandardCharsets.UTF_8);
            }
        }
        return new String(in, index, length, StandardCharsets.ISO_8859_1);
    }

    private static void check(byte[] bytes, int start, int to, int origin) {
        int i = start;
        while (i < to) {
            int size = sequence(bytes, i, to);
            if (size == 0) {
                throw bytes[i] == 0
                        ? new ProtocolViolationException(
                                ReasonCode.MALFORMED_PACKET, i - origin, "[MQTT-1.5.4-2]", "a string has U+0000")
                        : new ProtocolViolationException(
                                ReasonCode.MALFORMED_PACKET,
                                i - origin,
                                "[MQTT-1.5.4-1]",
                                "a string is not well-formed UTF-8 at byte 0x" + Integer.toHexString(bytes[i] & 0xFF));
            }
            i += size;
        }
    }

    /**
     * The length of the well-formed sequence that begins at {@code i}, table 3-7 of the Unicode Standard; 0 when there
     * is none, or when it is U+0000. The second byte's range keeps out what is overlong, a surrogate, or past U+10FFFF.
     */
    private static int sequence(byte[] bytes, int i, int to) {
        int lead = bytes[i] & 0xFF;
        if (lead < 0x80) {
            return lead == 0 ? 0 : 1;
        }
        int size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (size == 0 || size > to - i) {
            return 0;
        }
        int second = bytes[i + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int k = i + 2; k < i + size; k++) {
            if ((bytes[k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
