package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.LibraryThreads;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Allocates the buffers of connections: the first few of a JVM from the system's memory, all others from Netty's pool. The first
 * buffer of the pool makes Netty initialize the JDK's flight recorder, which takes a fifth of the time from the start of a JVM
 * to its first PUBACK. A program that publishes and exits avoids that; otherwise a separate thread does it while no event loop
 * waits.
 */
final class Buffers extends AbstractByteBufAllocator {

    /** One per JVM, like the pool. */
    static final Buffers INSTANCE = new Buffers();

    /** Enough for some connections and a few messages: each packet takes a buffer. */
    static final int FIRST = 32;

    /** Any thread. */
    private final AtomicInteger taken = new AtomicInteger();

    private volatile ByteBufAllocator source = UnpooledByteBufAllocator.DEFAULT;

    Buffers() {
        super(true);
    }

    private ByteBufAllocator source() {
        ByteBufAllocator now = source;
        if (now == UnpooledByteBufAllocator.DEFAULT && taken.incrementAndGet() == FIRST) {
            LibraryThreads.create("godwit-buffers", this::loadPool).start();
        }
        return now;
    }

    private void loadPool() {
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
        source = ByteBufAllocator.DEFAULT;
    }

    @Override
    protected ByteBuf newHeapBuffer(int capacity, int maximum) {
        return source().heapBuffer(capacity, maximum);
    }

    @Override
    protected ByteBuf newDirectBuffer(int capacity, int maximum) {
        return source().directBuffer(capacity, maximum);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }
}
