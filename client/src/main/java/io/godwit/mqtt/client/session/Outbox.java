package io.godwit.mqtt.client.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that wait for the connection: packets are encoded straight into it and whole parts of it are taken out. A
 * part that is full is not grown by copying but put aside, and the next one begun. Holds no memory while it is empty.
 */
public final class Outbox {
    private static final int SMALLEST_PART = 512;
    private static final int LARGEST_PART = 64 * 1024;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> full = new ArrayDeque<>(2);
    private @Nullable ByteBuf current;
    private int fullBytes;
    /** At most so many of the bytes are answers; those of parts that were taken are not counted any more. */
    private int answers;
    /** As large as the last part turned out to be, so that bursts find room at once. */
    private int nextPart = SMALLEST_PART;

    public Outbox(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** A buffer with room for a packet of this size, to be written to at once. */
    ByteBuf room(int size) {
        ByteBuf buffer = current;
        if (buffer != null) {
            if (buffer.writableBytes() >= size) {
                return buffer;
            }
            full.add(buffer);
            fullBytes += buffer.readableBytes();
            nextPart = Math.min(LARGEST_PART, 2 * nextPart);
        }
        buffer = allocator.directBuffer(Math.max(size, nextPart));
        current = buffer;
        return buffer;
    }

    /** The same for an answer to a packet of the broker. */
    ByteBuf roomForAnswer(int size) {
        answers += size;
        return room(size);
    }

    /**
     * How many bytes of answers wait, or a little less: a part that is taken counts as nothing but answers. While the
     * outbox is too full for publishes that is what it is.
     */
    public int answers() {
        return answers;
    }

    /** The oldest part, which is then the caller's to release; null when there is nothing. */
    public @Nullable ByteBuf take() {
        ByteBuf part = full.poll();
        if (part != null) {
            fullBytes -= part.readableBytes();
            answers = Math.max(0, answers - part.readableBytes());
            return part;
        }
        part = current;
        current = null;
        answers = 0;
        if (part != null) {
            nextPart = Math.max(SMALLEST_PART, Math.min(LARGEST_PART, Math.max(nextPart / 2, part.readableBytes())));
        }
        return part;
    }

    /** How many bytes wait. */
    public int size() {
        ByteBuf buffer = current;
        return buffer == null ? fullBytes : fullBytes + buffer.readableBytes();
    }

    public boolean isEmpty() {
        return current == null && full.isEmpty();
    }

    /** Throws away what waits: the connection that it was for is gone. */
    void clear() {
        for (ByteBuf part = take(); part != null; part = take()) {
            part.release();
        }
    }
}
