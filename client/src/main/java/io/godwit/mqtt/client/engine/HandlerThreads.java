package io.godwit.mqtt.client.engine;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * The default executor of handlers, shared by all clients of the JVM: virtual threads where the JDK has them (21 and
 * newer). Elsewhere a fork-join pool, which adds a thread for each one that blocks in a call of this library or in a
 * {@code CompletableFuture}, so that handlers that wait for each other cannot lock the pool up.
 */
public final class HandlerThreads {
    private static final Executor SHARED = create();

    private HandlerThreads() {}

    public static Executor shared() {
        return SHARED;
    }

    private static Executor create() {
        Executor virtual = virtualThreads();
        if (virtual != null) {
            return virtual;
        }
        int parallelism = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
        return new ForkJoinPool(
                parallelism,
                pool -> {
                    var thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setName("godwit-handler-" + thread.getPoolIndex());
                    thread.setDaemon(true);
                    return thread;
                },
                null,
                true);
    }

    private static @Nullable Executor virtualThreads() {
        try {
            return (Executor)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException absentBefore21) {
            return null;
        }
    }
}
