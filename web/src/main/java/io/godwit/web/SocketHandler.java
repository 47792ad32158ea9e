package io.godwit.web;

import io.godwit.web.page.PageConnection;
import io.godwit.web.page.PageSession;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries text frames between a browser's WebSocket and its {@link PageSession}. */
final class SocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);
    private static final int POLICY_VIOLATION = 1008;
    private static final int UNSUPPORTED = 1003;
    private static final int LONGEST_REASON = 123;

    private final Function<PageConnection, PageSession> sessions;

    // Event loop only.
    private @Nullable PageSession session;

    SocketHandler(Function<PageConnection, PageSession> sessions) {
        this.sessions = sessions;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
            session = sessions.apply(new Frames(ctx));
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        PageSession open = session;
        if (open == null) {
            return;
        }
        if (frame instanceof TextWebSocketFrame text) {
            open.received(text.text());
        } else {
            close(ctx, UNSUPPORTED, "only text frames are understood");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        PageSession open = session;
        session = null;
        if (open != null) {
            open.closed();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.debug("closing a WebSocket", cause);
        }
        ctx.close();
    }

    private static void close(ChannelHandlerContext ctx, int code, String reason) {
        String shown = reason;
        while (shown.getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON) {
            shown = shown.substring(0, shown.length() - 1);
        }
        ctx.writeAndFlush(new CloseWebSocketFrame(code, shown)).addListener(ChannelFutureListener.CLOSE);
    }

    /** The way back to the browser. Any thread. */
    private static final class Frames implements PageConnection {
        private final ChannelHandlerContext ctx;

        Frames(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        @Override
        public boolean isReady() {
            return ctx.channel().isWritable();
        }

        @Override
        public void send(String json) {
            ctx.writeAndFlush(new TextWebSocketFrame(json), ctx.voidPromise());
        }

        @Override
        public void close(String reason) {
            SocketHandler.close(ctx, POLICY_VIOLATION, reason);
        }
    }
}
