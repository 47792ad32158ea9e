package io.godwit.mqtt.broker;

import io.godwit.mqtt.broker.internal.LoopThread;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of an {@link MqttBroker}: one Netty event loop that accepts connections, carries their bytes to the
 * {@link BrokerCore} and wakes it when time matters. Everything of the broker happens on that loop; other threads come in through
 * {@link #call}.
 */
final class BrokerServer {
    private static final int RESERVE = 256 << 10;
    private static final Logger LOG = LoggerFactory.getLogger(BrokerServer.class);

    /** PEM files for TLS; {@code clientAuthority} when clients must show a certificate of it. */
    record TlsFiles(Path certificate, Path key, @Nullable Path clientAuthority) {}

    /** Something to do with the broker at its current time. */
    interface Task<T> {
        T run(BrokerCore core, long now);
    }

    /** The same without a result. */
    interface Change {
        void run(BrokerCore core, long now);
    }

    private final BrokerCore core;
    private final String host;
    private final @Nullable SslContext tls;
    private final @Nullable WebSocketSettings webSocket;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final LoopThread thread = new LoopThread("mqtt-broker", this::threadFailed);
    private final long origin = System.nanoTime();

    /** Set by {@link #bind}, under no lock: binding and closing are the owner's, one at a time. */
    private volatile @Nullable Channel listening;

    private volatile int port;

    // Event loop only.
    private final Set<Client> clients = new LinkedHashSet<>();
    private long ahead;
    private boolean silent;
    /** Released when the memory is exhausted, so that some is left for closing; null from then on. */
    private byte @Nullable [] reserve = new byte[RESERVE];

    private long planned = Long.MAX_VALUE;
    private @Nullable Future<?> plan;

    BrokerServer(BrokerCore core, String host, @Nullable TlsFiles tls, @Nullable WebSocketSettings webSocket) {
        this.core = core;
        this.host = host;
        this.webSocket = webSocket;
        try {
            this.tls = tls == null ? null : context(tls);
        } catch (SSLException | IllegalArgumentException e) {
            thread.close();
            throw new IllegalStateException("cannot use the TLS files " + tls + ": " + e.getMessage(), e);
        }
    }

    /** The thread has closed all sockets and ends. */
    private void threadFailed() {
        if (closed.completeExceptionally(new IllegalStateException(
                "an error stopped the broker's thread, as it may when the memory is exhausted"))) {
            LOG.error("the broker ends: an error stopped its thread, as it may when the memory is exhausted");
        }
    }

    private static SslContext context(TlsFiles files) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(files.certificate.toFile(), files.key.toFile());
        if (files.clientAuthority != null) {
            builder.trustManager(files.clientAuthority.toFile()).clientAuth(ClientAuth.REQUIRE);
        }
        return builder.build();
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    /** Listens on the port, 0 for a free one. Nothing happens when it listens already. */
    void bind(int wanted) {
        if (listening != null) {
            return;
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(thread.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        build(channel.pipeline());
                    }
                });
        ChannelFuture bound = thread.bind(bootstrap, host, wanted);
        if (!bound.isSuccess()) {
            if (port == 0) {
                thread.close();
            }
            throw new IllegalStateException(
                    "cannot listen on " + host + ":" + wanted + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listening = bound.channel();
        port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private void build(ChannelPipeline pipeline) {
        if (tls != null) {
            pipeline.addLast(tls.newHandler(pipeline.channel().alloc()));
        }
        if (webSocket != null) {
            webSocket.install(pipeline);
        }
        pipeline.addLast(new Client());
    }

    void unbind() {
        Channel channel = listening;
        listening = null;
        if (channel != null) {
            thread.unbind(channel);
        }
    }

    /** Runs the task on the broker's thread and waits for what it returns. */
    <T> T call(Task<T> task) {
        return thread.call(() -> {
            try {
                T result = task.run(core, now());
                plan();
                return result;
            } catch (VirtualMachineError exhausted) {
                fail(exhausted);
                throw exhausted;
            }
        });
    }

    /** Runs the task on the broker's thread and waits for its end. */
    void run(Change change) {
        call((broker, now) -> {
            change.run(broker, now);
            return broker;
        });
    }

    void silent(boolean newSilent) {
        run((broker, now) -> {
            silent = newSilent;
            for (Client client : clients) {
                client.hold(newSilent);
            }
        });
    }

    void advance(Duration time) {
        run((broker, now) -> {
            ahead += time.toNanos();
            broker.tick(now());
        });
    }

    void close() {
        unbind();
        closed.complete(null);
        thread.close();
    }

    /** Completes when the broker has ended: exceptionally if not by {@link #close}. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /**
     * The memory is exhausted, or the virtual machine fails otherwise. What the broker was doing is half done, so it must
     * not go on: it closes its port and connections, and reports that. Event loop only.
     */
    private void fail(VirtualMachineError cause) {
        if (reserve == null) {
            return;
        }
        reserve = null;
        clients.forEach(Client::drop);
        clients.clear();
        Channel channel = listening;
        if (channel != null) {
            channel.close();
        }
        thread.group().shutdownGracefully(0, 1, TimeUnit.SECONDS);
        closed.completeExceptionally(cause);
        LOG.error("the broker ends: {}", cause.toString());
    }

    private long now() {
        return System.nanoTime() - origin + ahead;
    }

    /** Wakes the broker when it next has something to do. Event loop only. */
    private void plan() {
        long next = core.nextDeadline();
        if (next == planned) {
            return;
        }
        if (plan != null) {
            plan.cancel(false);
        }
        planned = next;
        plan = next == Long.MAX_VALUE
                ? null
                : thread.loop().schedule(this::tick, Math.max(0, next - now()), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        planned = Long.MAX_VALUE;
        plan = null;
        try {
            core.tick(now());
            plan();
        } catch (VirtualMachineError exhausted) {
            fail(exhausted);
        }
    }

    /** One connection. Event loop only. */
    private final class Client extends ChannelInboundHandlerAdapter implements BrokerWire.Output {
        private @Nullable ChannelHandlerContext context;
        private @Nullable BrokerWire wire;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
            if (ctx.channel().isActive()) {
                open(ctx);
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            open(ctx);
            ctx.fireChannelActive();
        }

        private void open(ChannelHandlerContext ctx) {
            if (wire == null) {
                wire = new BrokerWire(core, this, ctx.executor(), now());
                clients.add(this);
                if (silent) {
                    hold(true);
                }
            }
        }

        void hold(boolean held) {
            if (context != null && wire != null) {
                context.channel()
                        .config()
                        .setAutoRead(!held && context.channel().isWritable());
                wire.hold(held);
            }
        }

        void drop() {
            wire = null;
            if (context != null) {
                context.channel().close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            try {
                if (wire != null) {
                    wire.received(bytes, now());
                    plan();
                }
            } catch (VirtualMachineError exhausted) {
                fail(exhausted);
            } finally {
                bytes.release();
            }
        }

        /** A client that does not read what it is sent is not read from either: its answers would pile up. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            boolean writable = ctx.channel().isWritable();
            ctx.channel().config().setAutoRead(writable && !silent);
            if (wire != null && writable) {
                wire.writable(now());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            clients.remove(this);
            if (wire != null) {
                wire.closed(now());
                plan();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                LOG.warn(
                        "closing the connection of client '{}'",
                        wire == null ? "" : wire.link().clientId(),
                        cause);
            }
            ctx.close();
        }

        @Override
        public void write(ByteBuf bytes) {
            if (context == null) {
                bytes.release();
            } else {
                context.writeAndFlush(bytes, context.voidPromise());
            }
        }

        @Override
        public void close() {
            if (context != null) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public boolean isWritable() {
            return context == null || context.channel().isWritable();
        }
    }
}
