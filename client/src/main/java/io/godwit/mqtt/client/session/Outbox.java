package io.godwit.mqtt.client.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that wait for the connection: packets are encoded straight into it and whole parts of it are taken out. A
 * part that is full is not grown by copying but put aside, and the next one begun. Parts are arrays, to which packets are
 * written fastest; those of a busy connection are used again. A large payload may be lent, and is then a part itself. An
 * idle connection holds no memory here once {@link #trim} was called.
 */
public final class Outbox {
    private static final int SMALLEST_PART = 512;
    private static final int LARGEST_PART = 64 * 1024;
    /** A larger packet is a part of its own outside of the heap, where sockets want it. */
    private static final int LARGEST_PACKET = 16 * 1024;

    /** Above this many bytes publishes wait in the queue, where their number is bounded. */
    private static final int LIMIT = 256 * 1024;

    /** The same on a fast link: publishes seldom wait then, which is dearer, and each write gives more to the socket. */
    private static final int FAST_LIMIT = 1 << 20;

    /** From this size on a payload may be lent. */
    static final int SMALLEST_LENT = 8 * 1024;

    /** As many parts as wait before publishes do, as many that are written meanwhile, and some. */
    private static final int SPARES = 2 * FAST_LIMIT / LARGEST_PART + 2;

    /**
     * How many bytes of an array are brought into the cache at a time. A reused array is still in the cache of the processor that sent
     * it: fetching many lines at once takes little longer than one, while one with each packet would hold up every publish.
     */
    private static final int FETCH_BYTES = 4096;

    private final ByteBufAllocator allocator;
    /** Arrays of parts that have been written, to be used again; whoever has written a part puts it here. */
    private volatile @Nullable AtomicReferenceArray<byte @Nullable []> spares;

    /** The parts before the current one; null while there was no second one since the last trim. */
    private @Nullable PartQueue full;

    private @Nullable ByteBuf current;
    /** How far the current part has been fetched. */
    private int fetched;

    /** Whether the connection has proved fast. */
    private boolean fast;
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
                fetch(buffer, size);
                return buffer;
            }
            full = PartQueue.withRoom(full, 1);
            current = null;
            if (buffer.isReadable()) {
                full.add(buffer);
            } else {
                buffer.release();
            }
            nextPart = Math.min(LARGEST_PART, 2 * nextPart);
        }
        buffer = size > LARGEST_PACKET ? allocator.directBuffer(size) : new Part(array(Math.max(size, nextPart)));
        current = buffer;
        fetched = 0;
        fetch(buffer, size);
        return buffer;
    }

    /**
     * Puts a payload behind what was written last, as a part of its own. It is not copied before that is written: it must not
     * change until its publish has ended.
     */
    void lend(byte[] payload) {
        ByteBuf before = Objects.requireNonNull(current);
        ByteBuf written = before.slice();
        ByteBuf lent = Unpooled.wrappedBuffer(payload);
        full = PartQueue.withRoom(full, 2); // the last that may fail
        full.add(written.retain());
        full.add(lent);
        before.skipBytes(before.readableBytes()); // what comes next has room in the rest
    }

    private void fetch(ByteBuf buffer, int size) {
        int from = buffer.writerIndex();
        if (from + size > fetched && buffer.hasArray()) {
            byte[] array = buffer.array();
            fetched = Math.min(array.length, from + size + FETCH_BYTES);
            Arrays.fill(array, from, fetched, (byte) 0);
        }
    }

    private byte[] array(int size) {
        AtomicReferenceArray<byte @Nullable []> kept = spares;
        for (int i = 0; i < SPARES && kept != null && size > SMALLEST_PART; i++) {
            byte[] used = kept.get(i);
            if (used != null && used.length >= size && kept.compareAndSet(i, used, null)) {
                return used;
            }
        }
        return new byte[size];
    }

    private void giveBack(byte[] array) {
        if (array.length <= SMALLEST_PART) {
            return;
        }
        AtomicReferenceArray<byte @Nullable []> kept = spares;
        if (kept == null) {
            kept = new AtomicReferenceArray<>(SPARES);
            spares = kept;
        }
        for (int i = 0; i < SPARES; i++) {
            byte[] smaller = kept.get(i);
            if ((smaller == null || smaller.length < array.length) && kept.compareAndSet(i, smaller, array)) {
                return;
            }
        }
    }

    /** Releases what is kept for the next burst. */
    void trim() {
        spares = null;
        if (full != null && full.isEmpty()) {
            full = null;
        }
    }

    /** A part that gives its array back when it has been written. */
    private final class Part extends UnpooledHeapByteBuf {
        Part(byte[] array) {
            super(allocator, array, array.length);
            clear();
        }

        @Override
        protected void freeArray(byte[] array) {
            giveBack(array);
        }
    }

    /** The same for an answer to a packet of the broker. */
    ByteBuf roomForAnswer(int size) {
        answers += size;
        return room(size);
    }

    /**
     * How many bytes of answers wait, or less: a part that is taken counts as nothing but answers. While the outbox is too full for
     * publishes that is what it is.
     */
    public int answers() {
        return answers;
    }

    /** The oldest part, which is then the caller's to release; null when there is nothing. */
    public @Nullable ByteBuf take() {
        ByteBuf part = full == null ? null : full.poll();
        if (part != null) {
            answers = Math.max(0, answers - part.readableBytes());
            return part;
        }
        part = current;
        current = null;
        answers = 0;
        if (part == null) {
            return null;
        }
        nextPart = Math.max(SMALLEST_PART, Math.min(LARGEST_PART, Math.max(nextPart / 2, part.readableBytes())));
        if (part.isReadable()) {
            return part;
        }
        part.release(); // a lent payload was last
        return null;
    }

    /** Whether publishes are to wait in the queue. */
    boolean isFull() {
        return size() >= (fast ? FAST_LIMIT : LIMIT);
    }

    /** Says whether the connection has proved fast. */
    public void setFast(boolean fast) {
        this.fast = fast;
    }

    /** How many bytes wait. */
    public int size() {
        ByteBuf buffer = current;
        return (full == null ? 0 : full.bytes()) + (buffer == null ? 0 : buffer.readableBytes());
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /** Throws away what waits: the connection that it was for is gone. */
    void clear() {
        for (ByteBuf part = take(); part != null; part = take()) {
            part.release();
        }
    }
}
