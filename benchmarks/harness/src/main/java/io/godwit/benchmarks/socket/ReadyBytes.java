package io.godwit.benchmarks.socket;

import io.godwit.benchmarks.peer.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Packets that are made before the clock starts. */
final class ReadyBytes {

    static final byte[] DISCONNECT = {(byte) (Wire.DISCONNECT << 4), 0};

    private static final int CLEAN = 0b10;

    private ReadyBytes() {}

    static byte[] connect(String clientId, boolean mqtt5) {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(64 + id.length);
        out.put((byte) (Wire.CONNECT << 4));
        Wire.putLength(out, 12 + id.length + (mqtt5 ? 1 : 0));
        out.putShort((short) 4).put("MQTT".getBytes(StandardCharsets.US_ASCII));
        out.put((byte) (mqtt5 ? 5 : 4)).put((byte) CLEAN).putShort((short) 0);
        if (mqtt5) {
            out.put((byte) 0);
        }
        out.putShort((short) id.length).put(id);
        return taken(out);
    }

    static byte[] subscribe(String filter, int qos, boolean mqtt5) {
        byte[] name = filter.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(64 + name.length);
        out.put((byte) (Wire.SUBSCRIBE << 4 | Wire.RESERVED_FLAGS));
        Wire.putLength(out, 5 + name.length + (mqtt5 ? 1 : 0));
        out.putShort((short) 1);
        if (mqtt5) {
            out.put((byte) 0);
        }
        out.putShort((short) name.length).put(name).put((byte) qos);
        return taken(out);
    }

    /** Publishes with identifiers 1 to count, one after the other. */
    static ByteBuffer publishes(String topic, int qos, int count, int payload, boolean mqtt5) {
        ByteBuffer block = ByteBuffer.allocateDirect(count * Wire.publish(topic, qos, 1, payload, mqtt5).length);
        for (int identifier = 1; identifier <= count; identifier++) {
            block.put(Wire.publish(topic, qos, identifier, payload, mqtt5));
        }
        return block.flip();
    }

    static ByteBuffer acknowledgements(int type, int count) {
        ByteBuffer block = ByteBuffer.allocateDirect(count * SocketLink.ACKNOWLEDGEMENT);
        for (int identifier = 1; identifier <= count; identifier++) {
            Wire.putAcknowledgement(block, type, identifier);
        }
        return block.flip();
    }

    private static byte[] taken(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
