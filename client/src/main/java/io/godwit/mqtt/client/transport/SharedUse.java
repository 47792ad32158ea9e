package io.godwit.mqtt.client.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the users of threads that all clients of the JVM share, and ends the threads when there is no user. They end at once
 * where they would keep the class loader of an application alive. Where this class is on the JVM's own class path, nothing
 * waits for them: they stay for a moment, so that a program that opens and closes one client after another does not start
 * them each time.
 */
public final class SharedUse {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Set once. */
    private final Shared shared;

    private final long pauseNanos;
    private final Runnable release = this::release;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private int users;

    private boolean begun;

    /** Whether a check is scheduled. */
    private boolean checking;

    private long unusedSince;

    /** What is shared. Its methods are called one at a time; none may wait or retain. */
    public interface Shared {

        /** There is a user, and there was none. If this fails, so does {@link #retain()}. */
        void begin();

        /** There is no user. */
        void end();

        /** Runs a task once, on a thread of its own choice, after this many nanoseconds. */
        void schedule(Runnable task, long nanos);
    }

    /** Ends {@code shared} with its last user if its class loader can be unloaded, else after a pause. */
    public SharedUse(Shared shared) {
        this(shared, isOnClassPath(SharedUse.class) ? PAUSE_NANOS : 0);
    }

    /** @param pauseNanos how long {@code shared} stays without a user */
    SharedUse(Shared shared, long pauseNanos) {
        this.shared = shared;
        this.pauseNanos = pauseNanos;
    }

    /** Whether the class exists as long as the JVM. */
    public static boolean isOnClassPath(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        for (ClassLoader of = ClassLoader.getSystemClassLoader(); of != null; of = of.getParent()) {
            if (of == loader) {
                return true;
            }
        }
        return loader == null;
    }

    /** There is one more user, until the result is cancelled. Any thread. */
    public Cancellable retain() {
        Cancellable use = new ReleaseOnce(release); // before it counts
        lock.lock();
        try {
            if (!begun) {
                shared.begin();
                begun = true;
            }
            users++;
        } finally {
            lock.unlock();
        }
        return use;
    }

    private void release() {
        lock.lock();
        try {
            users--;
            if (users == 0) {
                unusedSince = System.nanoTime();
                if (!checking) {
                    check();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void checkAgain() {
        lock.lock();
        try {
            checking = false;
            if (users == 0) {
                check();
            }
        } finally {
            lock.unlock();
        }
    }

    /** There is no user. With the lock. */
    private void check() {
        long left = unusedSince + pauseNanos - System.nanoTime();
        if (left > 0) {
            try {
                checking = true;
                shared.schedule(this::checkAgain, left);
                return;
            } catch (RuntimeException | OutOfMemoryError impossible) {
                checking = false; // so it ends now
            }
        }
        begun = false;
        shared.end();
    }
}
