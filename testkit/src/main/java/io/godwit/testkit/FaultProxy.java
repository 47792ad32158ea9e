package io.godwit.testkit;

import io.godwit.mqtt.broker.internal.LoopThread;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy that injects faults between a client and a server: it cuts, resets, half-closes, delays,
 * throttles, fragments, corrupts or swallows what passes, or refuses connections. Faults are set per direction, may be
 * changed at any time, and count from then; what is random comes from a seed.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port())) {
 *     proxy.toServer(Faults.none().cutAfter(100));
 *     ... // a client of proxy.uri()
 *     proxy.heal();
 * }
 * }</pre>
 *
 * <p>Safe for several threads; all of it runs on one thread of its own, which dies with {@link #close}.
 */
public final class FaultProxy implements AutoCloseable {
    private final InetSocketAddress target;
    private final LoopThread thread = new LoopThread("fault-proxy");

    private volatile @Nullable Channel listening;
    private volatile int port;

    // Event loop only.
    private final Random random;
    private final Set<ProxiedConnection> connections = new LinkedHashSet<>();
    private Faults toServer = Faults.none();
    private Faults toClient = Faults.none();
    private long accepted;

    private FaultProxy(InetSocketAddress target, long seed) {
        this.target = target;
        this.random = new Random(seed);
        listen(0);
    }

    /** A proxy in front of this server, on a free port of 127.0.0.1, without faults. */
    public static FaultProxy to(String host, int port) {
        return to(host, port, 1);
    }

    /** The same, with the seed for what is random. */
    public static FaultProxy to(String host, int port, long seed) {
        return new FaultProxy(new InetSocketAddress(host, port), seed);
    }

    public int port() {
        return port;
    }

    /** Such as {@code mqtt://127.0.0.1:41883}. */
    public String uri() {
        return "mqtt://127.0.0.1:" + port;
    }

    /** What happens from now on to the bytes from clients to the server, on open connections and on new ones. */
    public void toServer(Faults faults) {
        thread.run(() -> {
            toServer = faults;
            List.copyOf(connections).forEach(connection -> connection.toServer().faults(faults));
        });
    }

    /** What happens from now on to the bytes from the server to clients, on open connections and on new ones. */
    public void toClient(Faults faults) {
        thread.run(() -> {
            toClient = faults;
            List.copyOf(connections).forEach(connection -> connection.toClient().faults(faults));
        });
    }

    /** Swallows both directions: connections look alive and carry nothing. */
    public void blackhole() {
        toServer(Faults.none().swallow());
        toClient(Faults.none().swallow());
    }

    /** No faults from now on; connections are accepted. What was swallowed is lost. */
    public void heal() {
        toServer(Faults.none());
        toClient(Faults.none());
        accept();
    }

    /** Closes all connections now. */
    public void cut() {
        thread.run(() -> List.copyOf(connections).forEach(ProxiedConnection::close));
    }

    /** Resets all connections now. */
    public void reset() {
        thread.run(() -> List.copyOf(connections).forEach(ProxiedConnection::reset));
    }

    /** Ends the direction from the server to the clients; what clients send still passes. */
    public void halfCloseToClient() {
        thread.run(() -> List.copyOf(connections)
                .forEach(connection -> connection.toClient().halfClose()));
    }

    /** Ends the direction from the clients to the server; what the server sends still passes. */
    public void halfCloseToServer() {
        thread.run(() -> List.copyOf(connections)
                .forEach(connection -> connection.toServer().halfClose()));
    }

    /** New connections are refused; those that are open stay. */
    public void refuse() {
        Channel channel = listening;
        listening = null;
        if (channel != null) {
            thread.unbind(channel);
        }
    }

    /** New connections are accepted again, on the same port. */
    public void accept() {
        if (listening == null) {
            listen(port);
        }
    }

    /** How many connections are open. */
    public int open() {
        int[] count = new int[1];
        thread.run(() -> count[0] = connections.size());
        return count[0];
    }

    /** How many connections have been accepted so far. */
    public long accepted() {
        long[] count = new long[1];
        thread.run(() -> count[0] = accepted);
        return count[0];
    }

    private void listen(int wanted) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(thread.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        connect(client);
                    }
                });
        ChannelFuture bound = thread.bind(bootstrap, "127.0.0.1", wanted);
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    "cannot listen on 127.0.0.1:" + wanted + ": " + bound.cause(), bound.cause());
        }
        listening = bound.channel();
        port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private void connect(Channel client) {
        accepted++;
        ChannelFuture connecting = new Bootstrap()
                .group(thread.loop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // Its handlers come once it is connected.
                    }
                })
                .connect(target);
        thread.opened(connecting.channel());
        ProxiedConnection connection = new ProxiedConnection(
                client,
                connecting.channel(),
                toServer,
                toClient,
                random,
                () -> connections.removeIf(one -> !one.isOpen()));
        connections.add(connection);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                connection.begin();
            } else {
                connection.reset();
            }
        });
    }

    /** Ends the proxy: its connections, its port and its thread. */
    @Override
    public void close() {
        refuse();
        thread.close();
    }
}
