package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks an HTTP server for a WebSocket (RFC 6455, section 4.1) and puts {@link WebSocketFrames} in its own place once
 * it is granted. Reports its outcome once: {@code null}, or in words what the server said instead. Loop only.
 */
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** Set once. */
    private final ServerAddress server;

    private final TransportOptions road;
    private final Consumer<@Nullable String> outcome;
    private final String key;

    /** Loop only. */
    private final HttpClientCodec codec = new HttpClientCodec();

    private boolean granted;
    private boolean over;

    WebSocketUpgrade(ServerAddress server, TransportOptions road, Consumer<@Nullable String> outcome) {
        this.server = server;
        this.road = road;
        this.outcome = outcome;
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
    }

    /** The channel is open and, if wanted, encrypted: asks. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.pipeline().addBefore(context.name(), null, codec);
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.GET, server.webSocketTarget(), Unpooled.EMPTY_BUFFER);
        HttpHeaders headers = request.headers();
        boolean standardPort = server.port() == server.scheme().defaultPort();
        String authority = server.authority();
        headers.set(
                HttpHeaderNames.HOST, standardPort ? authority.substring(0, authority.lastIndexOf(':')) : authority);
        headers.set(HttpHeaderNames.UPGRADE, "websocket");
        headers.set(HttpHeaderNames.CONNECTION, "Upgrade");
        headers.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key);
        headers.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
        headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, road.webSocketSubprotocol());
        for (Map.Entry<String, String> each : road.webSocketHeaders().entrySet()) {
            headers.set(each.getKey(), each.getValue());
        }
        context.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (over) {
                return;
            }
            if (message instanceof HttpResponse response) {
                if (response.decoderResult().isFailure()) {
                    end("the server does not answer in HTTP; is this its WebSocket port?");
                    return;
                }
                String refusal = refusal(response);
                if (refusal != null) {
                    end(refusal);
                    return;
                }
                granted = true;
            }
            if (granted && message instanceof LastHttpContent) {
                context.pipeline().replace(this, null, new WebSocketFrames());
                codec.removeOutboundHandler(); // frames may be written from now on
                end(null);
                context.pipeline().remove(codec); // what it has read beyond the response goes on to the frames
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end("the server closed the connection instead of an answer; is this its WebSocket port?");
        context.fireChannelInactive();
    }

    private void end(@Nullable String failure) {
        if (!over) {
            over = true;
            outcome.accept(failure);
        }
    }

    private @Nullable String refusal(HttpResponse response) {
        int status = response.status().code();
        HttpHeaders headers = response.headers();
        if (status != 101) {
            String said = "the server answered " + response.status() + " to GET "
                    + (server.path().isEmpty() ? "/mqtt" : server.path());
            return switch (status) {
                case 401, 403, 407 -> said + ": it wants credentials, for instance a header with a token";
                case 404 -> said + ": there is no WebSocket at this path; which path does the broker's listener have?";
                case 301, 302, 303, 307, 308 ->
                    said + ": it points to " + headers.get(HttpHeaderNames.LOCATION, "elsewhere")
                            + "; use that address";
                case 400, 426 -> said + ": it does not accept this upgrade; is the path right?";
                default -> said + " instead of switching to WebSocket; is the path right?";
            };
        }
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
            return "the server switched protocols, but not to WebSocket";
        }
        if (!accept(key).equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))) {
            return "the server's Sec-WebSocket-Accept does not answer our key; does a cache sit in between?";
        }
        String protocol = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        if (protocol != null && !protocol.equals(road.webSocketSubprotocol())) {
            return "the server chose the sub-protocol '" + protocol + "', but '" + road.webSocketSubprotocol()
                    + "' was offered";
        }
        return null;
    }

    private static String accept(String key) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
