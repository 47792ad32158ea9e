package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transport over sockets. Owns a few event-loop threads and, for what may block (names, key files, TLS handshakes,
 * suppliers), threads that end when they are idle. All are daemons; what keeps the JVM running is {@link #holdJvm()}.
 */
public final class NettyTransport implements Transport {

    private static final long CLOSE_LIMIT_NANOS = 5_000_000_000L;

    /** Set once. */
    private final Sockets sockets;

    private final int threads;
    private final boolean busy;
    private final BlockingTasks blockingTasks;
    private final Supplier<Queue<Runnable>> taskQueues;
    private final ThreadFactory ioThreads = new IoThreads();
    private final JvmHold jvmHold = new JvmHold();

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock: the loops that were asked for, so that one client has one thread. */
    private final List<NettyEventLoop> loops = new ArrayList<>(1);

    private int next;
    private boolean closed;

    /** A transport with at most this many event-loop threads, which {@link #close()} ends. */
    public NettyTransport(int threads) {
        this(threads, false);
    }

    /** @param busy whether its threads never sleep, if there is epoll */
    NettyTransport(int threads, boolean busy) {
        this(threads, null, new ServiceRecords(), PlatformDependent::newMpscQueue, busy);
    }

    NettyTransport(int threads, @Nullable Sockets sockets) {
        this(threads, sockets, new ServiceRecords());
    }

    NettyTransport(int threads, @Nullable Sockets sockets, ServiceRecords serviceRecords) {
        this(threads, sockets, serviceRecords, PlatformDependent::newMpscQueue);
    }

    /** @param taskQueues makes the queue of a loop, for tests */
    NettyTransport(
            int threads,
            @Nullable Sockets sockets,
            ServiceRecords serviceRecords,
            Supplier<Queue<Runnable>> taskQueues) {
        this(threads, sockets, serviceRecords, taskQueues, false);
    }

    /** @param sockets null for the best kind */
    private NettyTransport(
            int threads,
            @Nullable Sockets sockets,
            ServiceRecords serviceRecords,
            Supplier<Queue<Runnable>> taskQueues,
            boolean busy) {
        NettyVersions.check();
        this.taskQueues = taskQueues;
        this.threads = threads;
        this.busy = busy;
        this.sockets = sockets != null ? sockets : bestSockets();
        blockingTasks = new BlockingTasks(serviceRecords);
    }

    @Override
    public EventLoop nextLoop() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the transport is closed");
            }
            int index = next;
            next = (next + 1) % threads;
            if (index == loops.size()) {
                loops.add(newLoop());
            }
            return loops.get(index);
        } finally {
            lock.unlock();
        }
    }

    /** A loop that there is already, or the first. */
    EventLoop anyLoop() {
        lock.lock();
        try {
            return loops.isEmpty() ? nextLoop() : loops.get(0);
        } finally {
            lock.unlock();
        }
    }

    private static Sockets bestSockets() {
        try {
            return CallingThread.use(Sockets::best);
        } catch (LinkageError unfit) {
            throw NettyVersions.explain(unfit);
        }
    }

    private NettyEventLoop newLoop() {
        try {
            return CallingThread.use(() -> new NettyEventLoop(this, sockets, ioThreads, taskQueues.get(), busy));
        } catch (LinkageError unfit) {
            throw NettyVersions.explain(unfit);
        }
    }

    private List<NettyEventLoop> loops() {
        lock.lock();
        try {
            return List.copyOf(loops);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void check(TransportOptions options) {
        checkJars(options);
    }

    static void checkJars(TransportOptions options) {
        for (ServerAddress server : options.servers()) {
            if (server.scheme().isWebSocket()) {
                NettyVersions.checkOptional(
                        "a ws:// or wss:// server", "netty-codec-http", "io.netty.handler.codec.http.HttpClientCodec");
            }
        }
        ProxyServer proxy = options.proxy();
        if (proxy != null) {
            NettyVersions.checkOptional("a proxy", "netty-handler-proxy", "io.netty.handler.proxy.ProxyHandler");
            boolean http = proxy.kind() == ProxyServer.Kind.HTTP;
            NettyVersions.checkOptional(
                    "the proxy " + proxy,
                    http ? "netty-codec-http" : "netty-codec-socks",
                    http
                            ? "io.netty.handler.codec.http.HttpClientCodec"
                            : "io.netty.handler.codec.socksx.SocksMessage");
        }
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        ConnectAttempt attempt = new ConnectAttempt((NettyEventLoop) loop, sockets, blockingTasks, options, listener);
        attempt.start();
        return attempt;
    }

    @Override
    public Cancellable holdJvm() {
        return jvmHold.take();
    }

    /** Ends each loop when its last connection has ended, and the other threads now. Calls of closed clients still work. */
    void retire() {
        blockingTasks.close();
        loops().forEach(NettyEventLoop::retire);
    }

    /** Waits until the loops have ended, after {@link #retire()} or {@link #close()}. */
    void awaitLoops(long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            for (NettyEventLoop loop : loops()) {
                loop.awaitEnd(Math.max(0, end - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        blockingTasks.close();
        loops().forEach(NettyEventLoop::end);
        if (loops().stream().noneMatch(NettyEventLoop::inLoop)) {
            awaitLoops(CLOSE_LIMIT_NANOS);
        }
    }
}
