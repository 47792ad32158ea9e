package io.godwit.mqtt.broker;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses WebSocket handshakes from web pages of other sites (RFC 6455, section 10.2): a browser says where a page comes
 * from, and any page that a user opens could otherwise reach a broker in the user's network. Pages from this machine and
 * from listed origins may connect. Programs that aren't browsers send no origin and may connect.
 */
final class OriginCheck extends ChannelInboundHandlerAdapter {
    /** In the list: any origin. */
    static final String ANY = "*";

    private final Set<String> allowed;

    OriginCheck(Set<String> allowed) {
        this.allowed = allowed;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof FullHttpRequest request
                && !isAllowed(request.headers().get(HttpHeaderNames.ORIGIN))) {
            request.release();
            DefaultFullHttpResponse refusal =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN);
            refusal.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
            ctx.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.fireChannelRead(message);
    }

    boolean isAllowed(@Nullable String origin) {
        return origin == null
                || allowed.contains(ANY)
                || allowed.contains(origin.toLowerCase(Locale.ROOT))
                || isThisMachine(origin);
    }

    private static boolean isThisMachine(String origin) {
        try {
            String host = new URI(origin).getHost();
            return host != null
                    && (host.equalsIgnoreCase("localhost")
                            || host.equals("[::1]")
                            || host.matches("127(\\.[0-9]{1,3}){3}"));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
