package io.godwit.mqtt.client.transport.netty;

import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.FastThreadLocal;
import java.lang.invoke.MethodHandles;
import java.util.function.Supplier;

/**
 * The thread of an application that builds a client. Netty leaves a thread-local in the thread that first uses some of its classes,
 * which would keep the class loader of the application alive for as long as the thread lives.
 */
final class CallingThread {
    private CallingThread() {}

    /** Runs the task, and removes what Netty has left in this thread unless the application had something of Netty there before. */
    static <T> T use(Supplier<T> task) {
        boolean isClean = FastThreadLocal.size() == 0;
        try {
            initialize();
            return task.get();
        } finally {
            if (isClean) {
                FastThreadLocal.removeAll();
            }
        }
    }

    /** Here, and not on the thread that happens to encode the first packet. */
    private static void initialize() {
        try {
            MethodHandles.lookup().ensureInitialized(ByteBufUtil.class);
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
