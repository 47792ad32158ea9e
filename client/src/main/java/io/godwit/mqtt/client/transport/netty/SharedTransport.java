package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The transport that all clients of this JVM share by default, with one event loop per processor, at most four. Its threads
 * exist from the first client that is built to the last one that is closed: then nothing is left that would keep the class
 * loader of an application alive.
 */
public final class SharedTransport implements Transport {

    private static final SharedTransport INSTANCE = new SharedTransport();

    private static final int MOST_THREADS = 4;

    /** Set once. */
    private final JvmHold jvmHold = new JvmHold();

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private @Nullable NettyTransport current;

    private int users;

    /** The one that the last client has left. */
    private @Nullable NettyTransport ending;

    private SharedTransport() {}

    /** The one of this JVM. */
    public static Transport get() {
        return INSTANCE;
    }

    @Override
    public Cancellable retain() {
        lock.lock();
        try {
            current();
            users++;
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
        NettyTransport unused = null;
        lock.lock();
        try {
            if (--users == 0) {
                unused = current;
                ending = current;
                current = null;
            }
        } finally {
            lock.unlock();
        }
        if (unused != null) {
            unused.retire();
        }
    }

    private NettyTransport current() {
        lock.lock();
        try {
            NettyTransport present = current;
            if (present == null) {
                present = new NettyTransport(Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS));
                current = present;
                ending = null;
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitEnd(long nanos) {
        NettyTransport last;
        lock.lock();
        try {
            last = ending;
            ending = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.awaitLoops(nanos);
        }
    }

    @Override
    public EventLoop nextLoop() {
        return current().nextLoop();
    }

    @Override
    public void check(TransportOptions options) {
        NettyTransport.checkJars(options);
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        return ((NettyEventLoop) loop).transport().open(loop, options, listener);
    }

    @Override
    public Cancellable holdJvm() {
        return jvmHold.take();
    }

    /** Does nothing: clients that are still open use it. */
    @Override
    public void close() {}
}
