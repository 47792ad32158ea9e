package io.godwit.mqtt.client.engine;

import org.jspecify.annotations.Nullable;

/**
 * What code of the application finds when the client calls it: the context class loader of the code that built the client, no
 * interrupt of an earlier call, and on the library's own threads the name of the client. Without that loader, {@code
 * ServiceLoader}, JNDI or a logging library in a handler finds nothing, or another application's classes.
 */
final class CallContext {
    private static final int LONGEST_NAME = 40;

    // Set once.
    private final @Nullable ClassLoader loader;
    private final @Nullable String clientId;
    /** Made when it is needed first. Any thread: each makes the same one. */
    private @Nullable String threadName;

    /**
     * Takes the loader of the calling thread.
     *
     * @param clientId part of the name of the threads, or null: the threads are the application's
     */
    CallContext(@Nullable String clientId) {
        this.loader = Thread.currentThread().getContextClassLoader();
        this.clientId = clientId;
    }

    private static String printable(String clientId) {
        String start = clientId.length() > LONGEST_NAME ? clientId.substring(0, LONGEST_NAME) : clientId;
        return start.replaceAll("\\p{Cntrl}", "?");
    }

    private @Nullable String threadName() {
        String name = threadName;
        if (name == null && clientId != null) {
            name = "godwit-handler-" + printable(clientId);
            threadName = name;
        }
        return name;
    }

    /** Calls of the application's code follow, as a task of the executor. Returns what {@link #exit} restores. */
    @Nullable
    ClassLoader enter() {
        Thread thread = Thread.currentThread();
        String name = threadName();
        if (name != null && !name.equals(thread.getName())) {
            thread.setName(name);
        }
        ClassLoader before = thread.getContextClassLoader();
        if (before != loader) {
            thread.setContextClassLoader(loader);
        }
        return before;
    }

    /** They have returned. */
    void exit(@Nullable ClassLoader before) {
        betweenCalls();
        Thread thread = Thread.currentThread();
        if (thread.getContextClassLoader() != before) {
            thread.setContextClassLoader(before);
        }
    }

    /** One call has returned and another one may follow: an interrupt was meant for that one. */
    static void betweenCalls() {
        Thread.interrupted();
    }

    /** The task with its context. */
    Runnable around(Runnable task) {
        return () -> {
            ClassLoader before = enter();
            try {
                task.run();
            } finally {
                exit(before);
            }
        };
    }
}
