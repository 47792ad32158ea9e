package io.godwit.mqtt.client.engine;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

    private static final int MOST_BACKGROUND_THREADS = 256;
    /** The first JDK whose virtual threads give up their carrier inside of {@code synchronized}. */
    private static final int VIRTUAL_THREADS_WITHOUT_PINNING = 24;

    private static final int FEW_THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    private static final ScheduledExecutorService WATCHDOG = watchdog();
    private static final Executor SHARED = create();
    private static final Executor BACKGROUND =
            new GrowingPool("godwit-background", 2, MOST_BACKGROUND_THREADS, WATCHDOG);

    private HandlerThreads() {}

    /** For handlers, listeners and what depends on futures. */
    public static Executor shared() {
        return SHARED;
    }

    /** For suppliers, policies and authenticators, which no handler may keep waiting. */
    public static Executor background() {
        return BACKGROUND;
    }

    private static Executor create() {
        Executor virtual = Runtime.version().feature() >= VIRTUAL_THREADS_WITHOUT_PINNING ? virtualThreads() : null;
        return virtual != null ? virtual : new GrowingPool("godwit-handler", FEW_THREADS, MOST_THREADS, WATCHDOG);
    }

    /** Its one thread exists while tasks wait. */
    private static ScheduledExecutorService watchdog() {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "godwit-watchdog");
            thread.setDaemon(true);
            thread.setContextClassLoader(HandlerThreads.class.getClassLoader());
            return thread;
        });
        one.setKeepAliveTime(10, TimeUnit.SECONDS);
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
