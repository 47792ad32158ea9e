package io.godwit.mqtt.client.transport;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Creates the threads of the library so that they keep nothing of the application whose call happened to start them: neither
 * its context class loader, nor its inheritable thread-locals, nor its access-control context. All are daemons.
 */
public final class LibraryThreads {

    /** The first JDK whose threads have no access-control context. */
    private static final int WITHOUT_ACCESS_CONTROL = 24;

    private LibraryThreads() {}

    /** A thread that is not started yet. Any thread. */
    public static Thread create(String name, Runnable task) {
        return Runtime.version().feature() >= WITHOUT_ACCESS_CONTROL
                ? make(name, task)
                : Privileged.call(() -> make(name, task));
    }

    private static Thread make(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(LibraryThreads.class.getClassLoader());
        return thread;
    }

    /** In a class of its own, which a JDK without access control never loads. */
    @SuppressWarnings("removal")
    private static final class Privileged {
        static Thread call(PrivilegedAction<Thread> action) {
            return AccessController.doPrivileged(action);
        }
    }
}
