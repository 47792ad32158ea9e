package io.godwit.mqtt.client.transport.netty;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;

/** Netty's default buffers for packets that threads of the application encode: leaves no thread-local in these threads, as Netty 4.1 does. */
public final class CallerBuffers extends AbstractByteBufAllocator {
    /** One for all clients: it has no state. */
    public static final CallerBuffers INSTANCE = new CallerBuffers();

    private CallerBuffers() {
        super(true);
    }

    @Override
    protected ByteBuf newHeapBuffer(int capacity, int maximum) {
        boolean isClean = FastThreadLocal.size() == 0;
        try {
            return ByteBufAllocator.DEFAULT.heapBuffer(capacity, maximum);
        } finally {
            clean(isClean);
        }
    }

    @Override
    protected ByteBuf newDirectBuffer(int capacity, int maximum) {
        boolean isClean = FastThreadLocal.size() == 0;
        try {
            return ByteBufAllocator.DEFAULT.directBuffer(capacity, maximum);
        } finally {
            clean(isClean);
        }
    }

    private static void clean(boolean isClean) {
        if (isClean) {
            FastThreadLocal.removeAll();
        }
    }

    @Override
    public boolean isDirectBufferPooled() {
        return ByteBufAllocator.DEFAULT.isDirectBufferPooled();
    }
}
