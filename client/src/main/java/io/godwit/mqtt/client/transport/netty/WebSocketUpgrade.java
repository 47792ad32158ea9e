package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.client.net.WebSocketRequest;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests the upgrade to WebSocket (RFC 6455, section 4.1) and replaces itself by {@link WebSocketFrames} once it is granted.
 * Reports its outcome once: {@code null}, or what the server answered instead. Loop only.
 */
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** Set once. */
    private final ServerAddress server;

    private final WebSocketOptions options;
    private final WebSocketRequest request;
    private final String subprotocol;
    private final Consumer<@Nullable String> outcome;
    private final String key;

    /** Event loop only. */
    private final HttpClientCodec codec = new HttpClientCodec();

    private boolean granted;
    private boolean over;

    WebSocketUpgrade(
            ServerAddress server,
            WebSocketOptions options,
            WebSocketRequest request,
            Consumer<@Nullable String> outcome) {
        this.server = server;
        this.options = options;
        this.request = request;
        this.outcome = outcome;
        subprotocol = options.subprotocol() == null ? "mqtt" : options.subprotocol();
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
    }

    /** The channel is open and, if configured, encrypted: sends the request. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.pipeline().addBefore(context.name(), null, codec);
        String target = request.target() == null ? server.webSocketTarget() : request.target();
        DefaultFullHttpRequest upgrade =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target, Unpooled.EMPTY_BUFFER);
        HttpHeaders headers = upgrade.headers();
        boolean standardPort = server.port() == server.scheme().defaultPort();
        String authority = server.authority();
        headers.set(
                HttpHeaderNames.HOST, standardPort ? authority.substring(0, authority.lastIndexOf(':')) : authority);
        headers.set(HttpHeaderNames.UPGRADE, "websocket");
        headers.set(HttpHeaderNames.CONNECTION, "Upgrade");
        headers.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key);
        headers.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
        headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol);
        options.headers().forEach(headers::set);
        request.headers().forEach(headers::set);
        context.writeAndFlush(upgrade);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (over) {
                return;
            }
            if (message instanceof HttpResponse response) {
                if (response.decoderResult().isFailure()) {
                    end("the server's answer is not HTTP; is this its WebSocket port?");
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
                context.pipeline().remove(codec); // passes what it has read beyond the response on to the frames
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end("the server closed the connection without an answer; is this its WebSocket port?");
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        context.fireExceptionCaught(failure); // before the end, whose cause it is
        end(failure.getMessage() == null ? failure.toString() : failure.getMessage());
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
            String answer = "the server answered " + response.status() + " to GET "
                    + (server.path().isEmpty() ? "/mqtt" : server.path());
            return switch (status) {
                case 401, 403, 407 -> answer + ": it requires credentials, such as a header with a token";
                case 404 -> answer + ": no WebSocket at this path; which path does the broker's listener have?";
                case 301, 302, 303, 307, 308 ->
                    answer + ": it redirects to "
                            + withoutSecrets(headers.get(HttpHeaderNames.LOCATION, "another address"))
                            + "; redirects are not followed, so use that address if you trust it";
                case 400, 426 ->
                    answer + ": it rejects this upgrade; is the path right"
                            + (server.scheme().isTls() ? "?" : ", and doesn't the port expect TLS (wss://)?");
                default -> answer + " instead of switching to WebSocket; is the path right?";
            };
        }
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
            return "the server switched protocols, but not to WebSocket";
        }
        if (!accept(key).equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))) {
            return "the server's Sec-WebSocket-Accept doesn't match the key that was sent; is a cache in between?";
        }
        if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
            return "the server chose a WebSocket extension that wasn't offered";
        }
        String chosen = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        if (chosen != null && !chosen.equals(subprotocol)) {
            return "the server chose the sub-protocol '" + chosen + "', but '" + subprotocol + "' was offered";
        }
        return null;
    }

    /** A URL up to its query, without user and password. */
    private static String withoutSecrets(String location) {
        int end = location.length();
        for (char c : new char[] {'?', '#'}) {
            int at = location.indexOf(c);
            end = at < 0 ? end : Math.min(end, at);
        }
        String shown = location.substring(0, end);
        int at = shown.lastIndexOf('@');
        int scheme = shown.indexOf("://");
        return at < 0 ? shown : (scheme < 0 ? "" : shown.substring(0, scheme + 3)) + shown.substring(at + 1);
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
