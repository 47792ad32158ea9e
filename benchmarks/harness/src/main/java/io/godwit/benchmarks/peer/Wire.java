package io.godwit.benchmarks.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The few facts of the wire that the peer and the plain socket need. */
public final class Wire {

    public static final int CONNECT = 1;
    public static final int CONNACK = 2;
    public static final int PUBLISH = 3;
    public static final int PUBACK = 4;
    public static final int PUBREC = 5;
    public static final int PUBREL = 6;
    public static final int PUBCOMP = 7;
    public static final int SUBSCRIBE = 8;
    public static final int SUBACK = 9;
    public static final int UNSUBSCRIBE = 10;
    public static final int UNSUBACK = 11;
    public static final int PINGREQ = 12;
    public static final int PINGRESP = 13;
    public static final int DISCONNECT = 14;

    /** The fixed header's flags that PUBREL, SUBSCRIBE and UNSUBSCRIBE carry. */
    public static final int RESERVED_FLAGS = 0b0010;

    private Wire() {}

    /** The bytes of one PUBLISH; the identifier is left out at QoS 0. */
    public static byte[] publish(String topic, int qos, int identifier, int payloadLength, boolean mqtt5) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        int remaining = 2 + name.length + (qos > 0 ? 2 : 0) + (mqtt5 ? 1 : 0) + payloadLength;
        ByteBuffer out = ByteBuffer.allocate(5 + remaining);
        out.put((byte) (PUBLISH << 4 | qos << 1));
        putLength(out, remaining);
        out.putShort((short) name.length).put(name);
        if (qos > 0) {
            out.putShort((short) identifier);
        }
        if (mqtt5) {
            out.put((byte) 0);
        }
        out.position(out.position() + payloadLength);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /** One acknowledgement in its short form: four bytes in every version, when all is well. */
    public static void putAcknowledgement(ByteBuffer out, int type, int identifier) {
        int flags = type == PUBREL ? RESERVED_FLAGS : 0;
        out.putInt((type << 4 | flags) << 24 | 2 << 16 | identifier);
    }

    public static void putLength(ByteBuffer out, int length) {
        int rest = length;
        while (rest > 127) {
            out.put((byte) (rest & 127 | 128));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    /** Bytes of the packet that begins at the buffer's position, header and all. */
    static int packetLength(ByteBuffer packets) {
        int length = 0;
        int at = packets.position() + 1;
        byte digit;
        int shift = 0;
        do {
            digit = packets.get(at++);
            length |= (digit & 127) << shift;
            shift += 7;
        } while (digit < 0);
        return at - packets.position() + length;
    }
}
