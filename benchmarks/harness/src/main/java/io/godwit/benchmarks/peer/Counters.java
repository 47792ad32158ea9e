package io.godwit.benchmarks.peer;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the peer has seen, in a file that both processes map into memory: reading it costs the peer nothing, so a
 * measurement does not disturb what it measures. One slot of a cache line for each {@link Counter}.
 */
public final class Counters {

    /** What is counted. */
    public enum Counter {
        /** PUBLISH packets that came in. */
        PUBLISHES,
        /** Publishes whose last acknowledgement has been written; the same as {@link #PUBLISHES} at QoS 0 and 1. */
        COMPLETED,
        /** Messages sent to a subscriber whose last acknowledgement has come; those written, at QoS 0. */
        DELIVERED,
        /** Connections whose CONNECT has been answered. */
        CONNECTIONS
    }

    private static final int SLOT = 64;
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    private Counters(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Maps the file, which is created when it is not there. */
    public static Counters at(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = (long) SLOT * Counter.values().length;
            return new Counters(channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
        }
    }

    public void add(Counter counter, long amount) {
        if (amount != 0) {
            LONG.getAndAdd(memory, counter.ordinal() * SLOT, amount);
        }
    }

    public long get(Counter counter) {
        return (long) LONG.getVolatile(memory, counter.ordinal() * SLOT);
    }
}
