package io.godwit.benchmarks.peer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;

/** Hands out pieces of bytes, and notes how much was written after each. */
final class Pieces implements ByteChannelPair {
    final Deque<byte[]> pieces = new ArrayDeque<>();
    final StringBuilder written = new StringBuilder();

    Pieces(List<String> hex) {
        hex.forEach(piece -> pieces.add(HexFormat.of().parseHex(piece)));
    }

    @Override
    public ByteBuffer allocate(int capacity) {
        return ByteBuffer.allocate(capacity);
    }

    @Override
    public int read(ByteBuffer into) {
        written.append('|');
        byte[] piece = pieces.poll();
        if (piece == null) {
            return -1;
        }
        into.put(piece);
        return piece.length;
    }

    @Override
    public void write(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        written.append(HexFormat.of().formatHex(bytes));
    }

    @Override
    public void close() {
        // nothing is held
    }
}
