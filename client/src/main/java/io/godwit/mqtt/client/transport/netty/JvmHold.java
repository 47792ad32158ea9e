package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.LibraryThreads;
import io.godwit.mqtt.client.transport.ReleaseOnce;
import io.godwit.mqtt.client.transport.SharedUse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM running while at least one client needs it to: one non-daemon thread that does nothing. It outlives the last
 * hold by so little that nobody notices, so that a program that opens and closes one client after another starts it once.
 */
final class JvmHold {

    private static final long PAUSE_NANOS =
            SharedUse.isOnClassPath(JvmHold.class) ? TimeUnit.MILLISECONDS.toNanos(5) : 0;

    private static final long RETRY_NANOS = 100_000;

    private final Runnable release = this::release;
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock. */
    private volatile int holders;

    private volatile long unusedSince;

    /** Guarded by the lock. */
    private @Nullable Thread thread;

    /** Written by the thread: whether it checks by itself that it is still needed. */
    private volatile boolean checking;

    /** Keeps the JVM running until the result is cancelled. Any thread. */
    Cancellable take() {
        Cancellable hold = new ReleaseOnce(release); // before it counts
        lock.lock();
        try {
            if (thread == null) {
                Thread made = LibraryThreads.create("godwit-keep-jvm-running", this::hold);
                made.setDaemon(false);
                unusedSince = System.nanoTime();
                made.start();
                thread = made;
            }
            holders++;
        } finally {
            lock.unlock();
        }
        return hold;
    }

    private void release() {
        lock.lock();
        try {
            unusedSince = System.nanoTime();
            holders--;
            if (holders == 0 && !checking) {
                LockSupport.unpark(thread);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the thread; it waits in ways that need no memory, without which it must neither end nor stay forever ----

    private void hold() {
        do {
            while (holders > 0) {
                LockSupport.park(this);
                Thread.interrupted(); // else it would not wait any more
            }
            checking = true;
            for (long left = pauseLeft(); holders == 0 && left > 0; left = pauseLeft()) {
                LockSupport.parkNanos(this, left);
                Thread.interrupted();
            }
            checking = false;
        } while (!end());
    }

    private long pauseLeft() {
        return unusedSince + PAUSE_NANOS - System.nanoTime();
    }

    /** Whether the thread is needed no longer. */
    private boolean end() {
        while (!lock.tryLock()) {
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
        try {
            if (holders > 0) {
                return false;
            }
            thread = null;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
