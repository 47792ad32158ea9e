package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.Arrays;

/**
 * Reads the fields of one packet's body in order and never past its end: the data representations of section 1.5, each
 * with the name that an error message uses. Tracks its place in the packet.
 */
final class FieldReader {
    private static final byte[] EMPTY = new byte[0];

    private final PacketType type;
    private final byte[] in;
    /** Index that the packet's first byte would have if its remaining length were written as short as can be. */
    private final int origin;

    private int position;
    private int end;
    /** Where the last field began: what an error message points at. */
    private int field;

    /** Reads the body of {@code length} bytes that begins at {@code index}. */
    FieldReader(PacketType type, byte[] in, int index, int length) {
        this.type = type;
        this.in = in;
        this.origin = index - 1 - VariableByteInteger.size(length);
        this.position = index;
        this.field = index;
        this.end = index + length;
    }

    int position() {
        return position;
    }

    void skipTo(int index) {
        position = index;
    }

    int remaining() {
        return end - position;
    }

    int oneByte(String what) {
        return in[take(1, what)] & 0xFF;
    }

    int twoBytes(String what) {
        return twoBytes(in, take(2, what));
    }

    long fourBytes(String what) {
        return fourBytes(in, take(4, what));
    }

    int variable(String what) {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int b = oneByte(what);
            value |= (b & 0x7F) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    throw malformed("[MQTT-1.5.5-1]", "the " + what + " is not encoded in the fewest bytes");
                }
                return value;
            }
        }
        throw malformed("(section 1.5.5)", "the " + what + " takes more than four bytes");
    }

    String string(String what) {
        int length = twoBytes(what);
        int index = take(length, what);
        try {
            return Strings.read(in, index, length);
        } catch (ProtocolViolationException e) {
            throw e.within(type, index - origin);
        }
    }

    byte[] binary(String what) {
        return bytes(twoBytes(what), what);
    }

    /** All that is left of the body. */
    byte[] rest() {
        return bytes(remaining(), "payload");
    }

    private byte[] bytes(int length, String what) {
        int index = take(length, what);
        if (length == 0) {
            return EMPTY;
        }
        return Arrays.copyOfRange(in, index, index + length);
    }

    /** A two byte integer, section 1.5.2, wherever it stands. */
    static int twoBytes(byte[] in, int index) {
        return (in[index] & 0xFF) << 8 | in[index + 1] & 0xFF;
    }

    private static long fourBytes(byte[] in, int index) {
        return (long) twoBytes(in, index) << 16 | twoBytes(in, index + 2);
    }

    int packetId() {
        int packetId = twoBytes("packet identifier");
        if (packetId == 0) {
            throw fault(
                    ReasonCode.PROTOCOL_ERROR, "[MQTT-2.2.1-3]", "the packet identifier is 0; it must be 1 to 65,535");
        }
        return packetId;
    }

    /** Makes {@code length} bytes the whole that can be read until {@link #leave}; returns what leave needs. */
    int enter(int length, String what) {
        if (length > remaining()) {
            throw malformed(
                    "(section 2.2.2.1)",
                    "the " + what + " claim " + length + " bytes, and " + remaining() + " are left in the packet");
        }
        int outer = end;
        end = position + length;
        return outer;
    }

    void leave(int outer) {
        end = outer;
    }

    /** Rejects bytes after the last field. */
    void finish() {
        if (position != end) {
            field = position;
            throw malformed("(section 2.1.4)", (end - position) + " bytes follow the last field of the packet");
        }
    }

    /** An error for a payload that must not be empty. */
    ProtocolViolationException missing(String statement, String text) {
        field = position;
        return fault(ReasonCode.PROTOCOL_ERROR, statement, text);
    }

    /** The packet cannot be parsed. */
    ProtocolViolationException malformed(String statement, String text) {
        return fault(ReasonCode.MALFORMED_PACKET, statement, text);
    }

    /** The field that was read last breaks the standard. */
    ProtocolViolationException fault(ReasonCode reason, String statement, String text) {
        return new ProtocolViolationException(type, reason, field - origin, statement, text);
    }

    /** The same, in words that end with the statement or section in brackets, as the vocabulary's rules put it. */
    ProtocolViolationException fault(ReasonCode reason, String textWithStatement) {
        int bracket = Math.max(textWithStatement.lastIndexOf(" ["), textWithStatement.lastIndexOf(" ("));
        return fault(reason, textWithStatement.substring(bracket + 1), textWithStatement.substring(0, bracket));
    }

    private int take(int length, String what) {
        field = position;
        if (length > end - position) {
            throw malformed(
                    "(section 1.5)",
                    "the packet ends within the " + what + ": " + length + " bytes needed, " + (end - position)
                            + " left");
        }
        position += length;
        return field;
    }
}
