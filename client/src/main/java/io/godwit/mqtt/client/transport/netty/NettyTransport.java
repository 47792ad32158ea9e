package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The transport over sockets. Owns a few event-loop threads and, for what may block (names, key files, TLS handshakes,
 * suppliers), threads that end when they are idle. All are daemons; what keeps the JVM running is {@link #holdJvm()}.
 */
public final class NettyTransport implements Transport {

    private static final long CLOSE_LIMIT_SECONDS = 5;

    /** Set once. */
    private final EventLoopGroup group;

    private final List<NettyEventLoop> loops;
    private final Sockets sockets;
    private final BlockingTasks blockingTasks;
    private final JvmHold jvmHold = new JvmHold();
    private final boolean closeable;

    /** Any thread. */
    private final AtomicInteger next = new AtomicInteger();

    /** A transport with this number of event-loop threads, which {@link #close()} ends. */
    public NettyTransport(int threads) {
        this(threads, Sockets.best(), true);
    }

    NettyTransport(int threads, Sockets sockets, boolean closeable) {
        this(threads, sockets, new ServiceRecords(), closeable);
    }

    NettyTransport(int threads, Sockets sockets, ServiceRecords serviceRecords, boolean closeable) {
        NettyVersions.check();
        this.sockets = sockets;
        this.closeable = closeable;
        try {
            group = sockets.newGroup(threads, new DefaultThreadFactory("godwit-io", true));
        } catch (LinkageError unfit) {
            throw NettyVersions.explain(unfit);
        }
        List<NettyEventLoop> made = new ArrayList<>(threads);
        for (EventExecutor executor : group) {
            made.add(new NettyEventLoop((io.netty.channel.EventLoop) executor));
        }
        loops = List.copyOf(made);
        blockingTasks = new BlockingTasks(serviceRecords);
    }

    /**
     * The transport that all clients of this JVM share by default: one thread per processor, at most four. Created on first
     * use, never closed.
     */
    public static NettyTransport shared() {
        NettyVersions.check(); // here, so that its failure is not that of a class initializer
        return Shared.INSTANCE;
    }

    private static NettyTransport create() {
        return new NettyTransport(Math.min(Runtime.getRuntime().availableProcessors(), 4), Sockets.best(), false);
    }

    /** Holds the shared transport, so that a JVM which uses another one has no threads of it. */
    private static final class Shared {
        static final NettyTransport INSTANCE = create();
    }

    @Override
    public EventLoop nextLoop() {
        return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    }

    @Override
    public void check(TransportOptions options) {
        if (options.servers().stream().anyMatch(server -> server.scheme().isWebSocket())) {
            NettyVersions.checkOptional(
                    "a ws:// or wss:// server", "netty-codec-http", "io.netty.handler.codec.http.HttpClientCodec");
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

    @Override
    public void close() {
        if (!closeable) {
            return;
        }
        blockingTasks.close();
        group.shutdownGracefully(0, CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        for (NettyEventLoop loop : loops) {
            if (loop.inLoop()) {
                return;
            }
        }
        try {
            group.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
