package io.godwit.cli.packets;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
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
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a broker and shows what passes to a tap. Clients connect by plain TCP; the connection to the broker may
 * lead through TLS, WebSocket or a proxy, which the tap sees behind. Alters nothing, and reads no faster from one side than
 * the other takes it.
 */
public final class TracingProxy implements AutoCloseable {
    // Set once.
    private final Transport transport;
    private final TransportOptions options;
    private final Function<String, PacketTap> taps;
    private final Consumer<String> news;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("godwit-trace", true), NioIoHandler.newFactory());
    private final Channel listening;
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * Listens.
     *
     * @param options for the connection to the broker
     * @param taps makes a tap for the connection of this name
     * @param news receives a line when a connection begins and ends
     * @throws IOException when the address cannot be listened on
     */
    public TracingProxy(
            Transport transport,
            TransportOptions options,
            InetSocketAddress address,
            Function<String, PacketTap> taps,
            Consumer<String> news)
            throws IOException {
        this.transport = transport;
        this.options = options;
        this.taps = taps;
        this.news = news;
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new Passage(client));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        listening = bound.channel();
        if (!bound.isSuccess()) {
            close();
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** How many clients have come so far. */
    public int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        group.shutdownGracefully(50, 1_000, TimeUnit.MILLISECONDS);
    }

    /** One client's connection and the one to the broker that belongs to it. */
    private final class Passage extends ChannelInboundHandlerAdapter implements ConnectionListener {
        // Set once.
        private final Channel client;
        private final String name = "#" + connections.incrementAndGet();
        private final PacketTap tap = taps.apply(name);
        private final EventLoop loop = transport.nextLoop();

        // By the client's thread, before it gives the loop anything.
        private @Nullable Attempt attempt;

        // On the loop of the broker's side.
        private @Nullable Connection broker;
        private boolean over;

        Passage(Channel client) {
            this.client = client;
        }

        // ---- the client's side ----

        @Override
        public void channelActive(ChannelHandlerContext context) {
            news.accept(name + " from " + client.remoteAddress());
            attempt = transport.open(loop, options, this);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            tap.pass(Direction.TO_BROKER, bytes);
            loop.execute(() -> toBroker(bytes));
        }

        private void toBroker(ByteBuf bytes) {
            if (broker == null) {
                bytes.release();
            } else {
                broker.write(bytes);
                writabilityChanged();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            boolean writable = client.isWritable();
            loop.execute(() -> {
                if (broker != null) {
                    broker.setReading(writable);
                }
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            tap.close();
            loop.execute(() -> {
                if (!over) {
                    over = true;
                    news.accept(name + " closed by the client");
                }
                if (broker != null) {
                    broker.close(true);
                } else if (attempt != null) {
                    attempt.cancel();
                }
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        // ---- the broker's side ----

        @Override
        public void connected(Connection connection) {
            broker = connection;
            client.config().setAutoRead(true);
        }

        @Override
        public void failed(TransportException failure) {
            over = true;
            news.accept(name + " closed, for the broker cannot be reached: " + failure.getMessage());
            client.close();
        }

        @Override
        public void received(ByteBuf bytes) {
            tap.pass(Direction.TO_CLIENT, bytes);
            if (client.isActive()) {
                client.write(bytes.retainedSlice());
            }
        }

        @Override
        public void readComplete() {
            client.flush();
        }

        @Override
        public void writabilityChanged() {
            if (broker != null) {
                client.config().setAutoRead(broker.isWritable());
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            if (!over) {
                over = true;
                news.accept(name
                        + (cause == null ? " closed by the broker" : " lost by the broker: " + cause.getMessage()));
            }
            if (client.isActive()) {
                client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
