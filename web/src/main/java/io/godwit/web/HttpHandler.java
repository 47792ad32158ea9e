package io.godwit.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedNioFile;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection: checks each request, takes its body within the limit, lets a worker answer it, and hands the WebSocket's
 * handshake on. One request at a time; the next is read when the answer has been written.
 */
final class HttpHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);
    private static final int CHUNK = 64 << 10;
    private static final int SECONDS_TO_DROP = 1;

    /** What happens with the WebSocket's handshake. */
    interface Upgrade {
        /** Prepares the pipeline for the request that is passed on next. */
        void prepare(ChannelHandlerContext ctx);
    }

    // Set once.
    private final RequestCheck check;
    private final Gate gate;
    private final Routes routes;
    private final Executor workers;
    private final Upgrade upgrade;

    // Event loop only.
    private @Nullable WebRequest request;
    private @Nullable CompositeByteBuf body;
    private @Nullable Path file;
    private @Nullable OutputStream fileBody;
    private long limit;
    private long received;
    private boolean isUpgrade;
    private boolean keepAlive;
    /** The answer to a request that was refused, after which the connection is closed. */
    private @Nullable ChannelFuture refusal;

    HttpHandler(RequestCheck check, Gate gate, Routes routes, Executor workers, Upgrade upgrade) {
        super(true);
        this.check = check;
        this.gate = gate;
        this.routes = routes;
        this.workers = workers;
        this.upgrade = upgrade;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) throws IOException {
        ChannelFuture last = refusal;
        if (last != null) {
            closeBehind(last, message);
            return;
        }
        if (message.decoderResult().isFailure()) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "this is not a valid HTTP request");
            return;
        }
        if (message instanceof HttpRequest head) {
            begin(ctx, head);
        }
        if (message instanceof HttpContent content && request != null) {
            take(ctx, content.content());
            if (message instanceof LastHttpContent && request != null) {
                end(ctx, request);
            }
        }
        if (refusal != null) {
            closeBehind(refusal, message);
        }
    }

    /** Closes the connection behind the answer to a request that was refused, once the whole request has come. */
    private static void closeBehind(ChannelFuture answer, HttpObject message) {
        if (message instanceof LastHttpContent) {
            answer.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) throws IOException {
        discard();
        RequestCheck.Refusal refusal = check.refusal(head);
        if (refusal != null) {
            refuse(ctx, refusal.status(), refusal.text());
            return;
        }
        if (!head.method().equals(HttpMethod.GET) && !head.method().equals(HttpMethod.POST)) {
            refuse(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, "use GET or POST");
            return;
        }
        WebRequest begun;
        try {
            begun = WebRequest.of(head, remoteAddress(ctx));
        } catch (IllegalArgumentException e) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "the address cannot be decoded");
            return;
        }
        boolean open = gate.isOpenTo(begun);
        if (begun.post() && !open && !begun.path().equals("/login")) {
            refuse(ctx, HttpResponseStatus.UNAUTHORIZED, "not open to this browser");
            return;
        }
        limit = begun.post() ? routes.bodyLimit(begun.path()) : 0;
        if (HttpUtil.getContentLength(head, 0L) > limit) {
            refuse(ctx, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body may have at most " + limit + " bytes");
            return;
        }
        keepAlive = HttpUtil.isKeepAlive(head);
        isUpgrade = open && begun.path().equals("/ws") && RequestCheck.isUpgrade(head.headers());
        if (begun.post() && routes.isFile(begun.path())) {
            file = Files.createTempFile("godwit-web-", ".upload");
            fileBody = Files.newOutputStream(file);
        } else if (limit > 0) {
            body = ctx.alloc().compositeBuffer(Integer.MAX_VALUE);
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        request = begun;
    }

    private static String remoteAddress(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "";
    }

    private void take(ChannelHandlerContext ctx, ByteBuf content) throws IOException {
        received += content.readableBytes();
        if (received > limit) {
            refuse(ctx, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body may have at most " + limit + " bytes");
            return;
        }
        OutputStream out = fileBody;
        if (out != null) {
            content.readBytes(out, content.readableBytes());
        } else if (body != null && content.isReadable()) {
            body.addComponent(true, content.retain());
        }
    }

    private void end(ChannelHandlerContext ctx, WebRequest begun) throws IOException {
        request = null;
        if (isUpgrade) {
            FullHttpRequest handshake = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1,
                    HttpMethod.GET,
                    "/ws",
                    Unpooled.EMPTY_BUFFER,
                    begun.headers(),
                    begun.headers());
            upgrade.prepare(ctx);
            ctx.fireChannelRead(handshake);
            ctx.pipeline().remove(this);
            return;
        }
        WebRequest whole = begun;
        ByteBuf bytes = body;
        OutputStream out = fileBody;
        Path stored = file;
        if (out != null && stored != null) {
            out.close();
            whole = begun.withFile(stored);
        } else if (bytes != null) {
            whole = begun.withBody(ByteBufUtil.getBytes(bytes));
            bytes.release();
        }
        body = null;
        fileBody = null;
        file = null;
        WebRequest asked = whole;
        ctx.channel().config().setAutoRead(false);
        try {
            workers.execute(() -> answer(ctx, asked));
        } catch (RejectedExecutionException e) {
            delete(asked.file());
            refuse(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "the server is busy or ends");
        }
    }

    /** Worker thread. */
    private void answer(ChannelHandlerContext ctx, WebRequest asked) {
        Reply reply;
        try {
            Reply entering = gate.answer(asked);
            if (entering == null && gate.isOpenTo(asked)) {
                reply = routes.answer(asked);
            } else {
                delete(asked.file());
                reply = entering != null ? entering : gate.closed(asked);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot answer {}", asked.path(), e);
            reply = Reply.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "cannot answer this request");
        } catch (OutOfMemoryError e) {
            reply = Reply.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "the JVM has too little memory for this");
        }
        Reply made = reply;
        ctx.executor().execute(() -> write(ctx, made));
    }

    private void write(ChannelHandlerContext ctx, Reply reply) {
        if (reply instanceof Reply.Whole whole) {
            FullHttpResponse response = Responses.of(whole.status(), whole.type(), whole.body());
            whole.headers().forEach((name, value) -> response.headers().set(name, value));
            Responses.send(ctx, response, !keepAlive);
        } else if (reply instanceof Reply.Download download) {
            download(ctx, download);
        }
        ctx.channel().config().setAutoRead(true);
    }

    private void download(ChannelHandlerContext ctx, Reply.Download download) {
        try {
            ChunkedNioFile content = new ChunkedNioFile(download.file().toFile(), CHUNK);
            HttpResponse response =
                    Responses.guarded(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, download.type())
                    .set(HttpHeaderNames.CONTENT_LENGTH, content.length())
                    .set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + download.name() + "\"");
            ctx.write(response);
            ctx.writeAndFlush(new HttpChunkedInput(content)).addListener(sent -> {
                if (download.temporary()) {
                    Files.deleteIfExists(download.file());
                }
                if (!sent.isSuccess() || !keepAlive) {
                    ctx.close();
                }
            });
        } catch (IOException e) {
            LOG.warn("cannot read {}", download.file(), e);
            ctx.close();
        }
    }

    /**
     * Answers and closes the connection. The rest of the request is dropped as it comes, for a second at most: to close a socket
     * with unread bytes resets the connection, and the answer may be lost.
     */
    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String text) {
        discard();
        FullHttpResponse response = Responses.of(status, Responses.TEXT, text.getBytes(StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONNECTION, "close");
        ChannelFuture answer = ctx.writeAndFlush(response);
        refusal = answer;
        ctx.channel().config().setAutoRead(true);
        ctx.executor()
                .schedule(() -> answer.addListener(ChannelFutureListener.CLOSE), SECONDS_TO_DROP, TimeUnit.SECONDS);
    }

    private void discard() {
        request = null;
        received = 0;
        isUpgrade = false;
        ByteBuf bytes = body;
        body = null;
        if (bytes != null) {
            bytes.release();
        }
        OutputStream out = fileBody;
        Path stored = file;
        fileBody = null;
        file = null;
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            LOG.warn("cannot close {}", stored, e);
        }
        delete(stored);
    }

    private static void delete(@Nullable Path stored) {
        try {
            if (stored != null) {
                Files.deleteIfExists(stored);
            }
        } catch (IOException e) {
            LOG.warn("cannot delete {}", stored, e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        discard();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("closing a connection", cause);
        }
        ctx.close();
    }
}
