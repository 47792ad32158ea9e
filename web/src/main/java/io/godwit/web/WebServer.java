package io.godwit.web;

import io.godwit.web.page.PageSession;
import io.godwit.web.page.Workspace;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page over HTTP and talks to it over a WebSocket, as PROTOCOL.md says. Listens on 127.0.0.1 unless told otherwise;
 * any other address needs TLS and a password.
 */
public final class WebServer implements AutoCloseable {
    private static final int FRAME = 1 << 20;
    private static final int LINE = 16 << 10;
    private static final int WORKERS = 16;
    private static final int SECONDS_TO_CLOSE = 5;

    // Set once.
    private final WebSettings settings;
    private final Workspace workspace;
    private final Access access;
    private final int port;
    private final ExecutorService workers;
    private final ScheduledExecutorService timer;
    private final ServerLoop loop;
    private final Channel listening;
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    /**
     * Starts the server. It accepts connections when this returns.
     *
     * @throws IllegalArgumentException if the settings are unsafe or contradict each other
     * @throws IllegalStateException if the port cannot be bound or a TLS file cannot be used
     */
    public static WebServer start(WebSettings settings, Workspace workspace) {
        settings.check();
        return new WebServer(settings, workspace);
    }

    private WebServer(WebSettings settings, Workspace workspace) {
        this.settings = settings;
        this.workspace = workspace;
        this.access = new Access(settings.password(), System::currentTimeMillis);
        ServerTls tls = ServerTls.of(settings);
        this.loop = new ServerLoop(() -> failed.complete(null));
        this.workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(1_000),
                new DefaultThreadFactory("godwit-web-worker", true));
        this.timer = Executors.newScheduledThreadPool(2, new DefaultThreadFactory("godwit-web-updates", true));
        Initializer initializer = new Initializer(tls);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 << 10, 256 << 10))
                .childHandler(initializer)
                .bind(settings.host(), settings.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            end();
            throw new IllegalStateException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listening = bound.channel();
        loop.group().execute(() -> loop.opened(listening));
        port = ((InetSocketAddress) listening.localAddress()).getPort();
        initializer.open(new Gate(access, tls != null, port));
        workspace.links(this::link);
    }

    public int port() {
        return port;
    }

    /** The address of the page, such as {@code http://127.0.0.1:8088/}. */
    public String address() {
        String host = settings.host().indexOf(':') >= 0 ? "[" + settings.host() + "]" : settings.host();
        return (settings.certificate() == null ? "http://" : "https://") + host + ":" + port + "/";
    }

    /** The address with a one-time token that opens the page once, within ten minutes; with a password, {@link #address}. */
    public String link() {
        return access.hasPassword() ? address() : address() + "?token=" + access.newToken();
    }

    /** Completes if the server has ended by itself, since an error such as an exhausted heap stopped its thread. */
    public CompletableFuture<Void> failed() {
        return failed.copy();
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
        end();
    }

    private void end() {
        workers.shutdownNow();
        timer.shutdownNow();
        loop.close();
    }

    /** Builds the pipeline of a connection. */
    private final class Initializer extends ChannelInitializer<Channel> {
        private final @Nullable SslContext tls;
        private final RequestCheck check;
        private final Routes routes = new Routes(workspace);

        private volatile @Nullable Gate gate;

        Initializer(@Nullable ServerTls tls) {
            this.tls = tls == null ? null : tls.context();
            this.check = new RequestCheck(settings.isLoopback(), tls != null, tls == null ? Set.of() : tls.names());
        }

        void open(Gate entrance) {
            gate = entrance;
        }

        @Override
        protected void initChannel(Channel channel) {
            loop.opened(channel);
            Gate entrance = gate;
            if (entrance == null) {
                channel.close(); // the port is not known yet
                return;
            }
            ChannelPipeline pipeline = channel.pipeline();
            if (tls != null) {
                pipeline.addLast(tls.newHandler(channel.alloc()));
            }
            pipeline.addLast(
                    new HttpServerCodec(LINE, LINE, 64 << 10),
                    new ChunkedWriteHandler(),
                    new HttpHandler(check, entrance, routes, workers, this::webSocket));
        }

        private void webSocket(ChannelHandlerContext ctx) {
            WebSocketServerProtocolConfig config = WebSocketServerProtocolConfig.newBuilder()
                    .websocketPath("/ws")
                    .maxFramePayloadLength(FRAME)
                    .handshakeTimeoutMillis(5_000)
                    .build();
            ctx.pipeline()
                    .addLast(
                            new WebSocketServerProtocolHandler(config),
                            new WebSocketFrameAggregator(FRAME),
                            new SocketHandler(connection -> new PageSession(connection, workspace, workers, timer)));
        }
    }
}
