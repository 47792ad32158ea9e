package io.godwit.benchmarks.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A ring of PUBLISH packets made beforehand, with identifiers 1 to the window. As many are sent as there is room in
 * the window. Acknowledgements come in the order of the messages [MQTT-4.6.0-2], so the one to send next is always
 * the one that has been free longest.
 */
final class Flood {

    private static final int BLOCK_AT_QOS_0 = 256 * 1024;

    private final ByteChannelPair channels;
    private final ByteBuffer ring;
    private final int packetLength;
    private final int window;
    private int next;

    Flood(ByteChannelPair channels, String topic, int qos, int payloadLength, int window, boolean mqtt5) {
        this.channels = channels;
        this.packetLength = channels.ready(Wire.publish(topic, qos, 1, payloadLength, mqtt5)).length;
        this.window = qos == 0 ? Math.max(1, BLOCK_AT_QOS_0 / packetLength) : window;
        this.ring = channels.allocate(this.window * packetLength).order(ByteOrder.BIG_ENDIAN);
        for (int identifier = 1; identifier <= this.window; identifier++) {
            ring.put(channels.ready(Wire.publish(topic, qos, identifier, payloadLength, mqtt5)));
        }
    }

    /** Sends until the connection ends. For QoS 0. */
    void sendForever(Counters counters) throws IOException {
        while (true) {
            send(window);
            counters.add(Counters.Counter.DELIVERED, window);
        }
    }

    void sendAll() throws IOException {
        send(window);
    }

    /** Sends as many as have been acknowledged. */
    void send(int count) throws IOException {
        int left = count;
        while (left > 0) {
            int now = Math.min(left, window - next);
            ring.limit((next + now) * packetLength).position(next * packetLength);
            channels.writeReady(ring);
            next = (next + now) % window;
            left -= now;
        }
    }
}
