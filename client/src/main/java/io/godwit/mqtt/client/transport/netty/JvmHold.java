package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.LibraryThreads;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Keeps the JVM running while at least one client needs it to: one non-daemon thread that does nothing. */
final class JvmHold {

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private int holders;

    private @Nullable Holder thread;

    /** Keeps the JVM running until the result is cancelled. Any thread. */
    Cancellable take() {
        lock.lock();
        try {
            if (holders == 0) {
                Holder started = new Holder();
                started.start();
                thread = started;
            }
            holders++;
        } finally {
            lock.unlock();
        }
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                release();
            }
        };
    }

    private void release() {
        lock.lock();
        try {
            if (--holders == 0 && thread != null) {
                thread.end();
                thread = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits to be ended. */
    private static final class Holder implements Runnable {

        /** Set once. */
        private final Thread thread = LibraryThreads.create("godwit-keep-jvm-running", this);

        private volatile boolean ended;

        void start() {
            thread.setDaemon(false);
            thread.start();
        }

        void end() {
            ended = true;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            while (!ended) {
                LockSupport.park(this);
            }
        }
    }
}
