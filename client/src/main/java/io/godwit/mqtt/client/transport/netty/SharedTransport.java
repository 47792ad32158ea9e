package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.SharedUse;
import io.godwit.mqtt.client.transport.Transport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The transport that all clients of this JVM share by default, with one event loop for two processors, at most four. Its threads
 * exist from the first client that is built to the last one that is closed, or a moment longer, as {@link SharedUse} says:
 * nothing is left that would keep the class loader of an application alive.
 */
public final class SharedTransport implements Transport {

    private static final int MOST_THREADS = 4;

    /** Whether the loops end with the last client, and not some time later. */
    private static final boolean IS_AWAITED = !SharedUse.isOnClassPath(SharedTransport.class);

    private static final SharedTransport INSTANCE =
            new SharedTransport(threads(Runtime.getRuntime().availableProcessors()), false);

    private static final SharedTransport BUSY = new SharedTransport(1, true);

    // Set once.
    private final int threads;
    private final boolean busy;
    private final JvmHold jvmHold = new JvmHold();
    private final SharedUse use = new SharedUse(new Threads());

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private @Nullable NettyTransport current;

    /** The one that the last client has just left, if it ends at once. */
    private @Nullable NettyTransport ending;

    /**
     * Handlers, publishing threads and often the broker need processors too. With a loop for each, two clients that talk to each
     * other through a broker wake twice as many threads for the same messages.
     */
    static int threads(int processors) {
        return Math.max(1, Math.min(processors / 2, MOST_THREADS));
    }

    private SharedTransport(int threads, boolean busy) {
        this.threads = threads;
        this.busy = busy;
    }

    /** The one of this JVM. */
    public static Transport get() {
        return INSTANCE;
    }

    /** The one of this JVM with one event loop that never sleeps. */
    public static Transport busy() {
        return BUSY;
    }

    @Override
    public Cancellable retain() {
        return use.retain();
    }

    /** The loops and the threads beside them. */
    private final class Threads implements SharedUse.Shared {

        @Override
        public void begin() {
            current();
        }

        @Override
        public void end() {
            NettyTransport unused;
            lock.lock();
            try {
                unused = current;
                ending = IS_AWAITED ? unused : null;
                current = null;
            } finally {
                lock.unlock();
            }
            if (unused != null) {
                unused.retire();
            }
        }

        @Override
        public void schedule(Runnable task, long nanos) {
            current().anyLoop().schedule(task, nanos);
        }
    }

    private NettyTransport current() {
        lock.lock();
        try {
            NettyTransport present = current;
            if (present == null) {
                present = new NettyTransport(threads, busy);
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
        if (busy && !Sockets.best().canPollBusily()) {
            throw new IllegalStateException(
                    "busyPolling() needs epoll, so Linux with io.netty:netty-transport-native-epoll"
                            + " for this processor on the class path; elsewhere use handlersOnEventLoop()");
        }
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
