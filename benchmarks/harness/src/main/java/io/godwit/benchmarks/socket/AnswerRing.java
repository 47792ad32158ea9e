package io.godwit.benchmarks.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Acknowledgements made beforehand for identifiers 1 to the window, sent round and round in the order of the flood. */
final class AnswerRing {

    private final ByteBuffer ring;
    private final int window;
    private int next;

    AnswerRing(int type, int window) {
        this.ring = ReadyBytes.acknowledgements(type, window);
        this.window = window;
    }

    void write(int count, SocketLink link) throws IOException {
        int left = count;
        while (left > 0) {
            int now = Math.min(left, window - next);
            ring.limit((next + now) * SocketLink.ACKNOWLEDGEMENT).position(next * SocketLink.ACKNOWLEDGEMENT);
            link.write(ring);
            next = (next + now) % window;
            left -= now;
        }
    }
}
