package io.godwit.benchmarks.peer;

import java.nio.ByteBuffer;

/** The answers that are not acknowledgements of messages: all of them say yes. */
final class Answers {

    private static final int PROTOCOL_LEVEL_5 = 5;

    private Answers() {}

    /** Looks at the protocol level of a CONNECT whose variable header begins at that index. */
    static boolean isMqtt5(ByteBuffer in, int at) {
        return in.get(at + 2 + in.getShort(at)) == PROTOCOL_LEVEL_5;
    }

    static void putConnack(ByteBuffer out, boolean mqtt5) {
        out.put((byte) (Wire.CONNACK << 4));
        out.put((byte) (mqtt5 ? 3 : 2)).put((byte) 0).put((byte) 0);
        if (mqtt5) {
            out.put((byte) 0);
        }
    }

    static void putSuback(ByteBuffer out, int identifier, int qos, boolean mqtt5) {
        out.put((byte) (Wire.SUBACK << 4)).put((byte) (mqtt5 ? 4 : 3)).putShort((short) identifier);
        if (mqtt5) {
            out.put((byte) 0);
        }
        out.put((byte) qos);
    }

    static void putUnsuback(ByteBuffer out, int identifier, boolean mqtt5) {
        out.put((byte) (Wire.UNSUBACK << 4)).put((byte) (mqtt5 ? 4 : 2)).putShort((short) identifier);
        if (mqtt5) {
            out.putShort((short) 0);
        }
    }
}
