package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.LibraryThreads;
import io.godwit.mqtt.client.transport.SharedUse;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run the application's code for all clients of the JVM. However many handlers of one client block, the
 * others have threads: virtual threads from JDK 24 on, where none of them can pin its carrier; elsewhere a {@link
 * GrowingPool}.
 */
public final class HandlerThreads {
    /** Bounds what a JVM full of blocked handlers takes; its clients have one each. */
    private static final int MOST_THREADS = 4_096;

    /** How long a thread waits for its next task. */
    private static final long IDLE_NANOS = 10_000_000_000L;

    private static final int MOST_BACKGROUND_THREADS = 256;
    /** The first JDK whose virtual threads give up their carrier inside of {@code synchronized}. */
    private static final int VIRTUAL_THREADS_WITHOUT_PINNING = 24;

    private static final int FEW_THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    private static final ScheduledThreadPoolExecutor WATCHDOG = watchdog();
    /** Null where handlers have virtual threads. */
    private static final @Nullable GrowingPool HANDLERS;

    private static final Executor SHARED;
    private static final GrowingPool BACKGROUND =
            new GrowingPool("godwit-background", 2, MOST_BACKGROUND_THREADS, WATCHDOG);

    private static final SharedUse USE = new SharedUse(new IdleThreads());

    static {
        Executor virtual = Runtime.version().feature() >= VIRTUAL_THREADS_WITHOUT_PINNING ? virtualThreads() : null;
        HANDLERS = virtual != null ? null : new GrowingPool("godwit-handler", FEW_THREADS, MOST_THREADS, WATCHDOG);
        SHARED = virtual != null ? virtual : Objects.requireNonNull(HANDLERS);
    }

    private HandlerThreads() {}

    /** For handlers, listeners and what depends on futures. */
    public static Executor shared() {
        return SHARED;
    }

    /** For suppliers, policies and authenticators, which no handler may keep waiting. */
    public static Executor background() {
        return BACKGROUND;
    }

    /** A client is built: idle threads wait for its tasks, until the result is cancelled for the last of all clients. */
    public static Cancellable retain() {
        return USE.retain();
    }

    /** The threads of all pools, which wait for tasks only while there are clients. */
    private static final class IdleThreads implements SharedUse.Shared {
        @Override
        public void begin() {
            keepIdleThreads(IDLE_NANOS);
        }

        @Override
        public void end() {
            keepIdleThreads(1);
        }

        @Override
        public void schedule(Runnable task, long nanos) {
            WATCHDOG.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static void keepIdleThreads(long nanos) {
        WATCHDOG.setKeepAliveTime(nanos, TimeUnit.NANOSECONDS);
        BACKGROUND.keepIdleThreads(nanos);
        GrowingPool handlers = HANDLERS;
        if (handlers != null) {
            handlers.keepIdleThreads(nanos);
        }
    }

    /** Its one thread exists while tasks wait. */
    private static ScheduledThreadPoolExecutor watchdog() {
        ScheduledThreadPoolExecutor one =
                new ScheduledThreadPoolExecutor(1, task -> LibraryThreads.create("godwit-watchdog", task));
        one.setKeepAliveTime(IDLE_NANOS, TimeUnit.NANOSECONDS);
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    private static @Nullable Executor virtualThreads() {
        try {
            return (Executor)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException absent) {
            return null;
        }
    }
}
