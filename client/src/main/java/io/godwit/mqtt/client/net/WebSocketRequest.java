package io.godwit.mqtt.client.net;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a WebSocket upgrade asks for, where it changes from one attempt to the next: a signed URL, an expiring token.
 *
 * @param target path and query as they go on the wire, such as {@code /mqtt?X-Amz-Signature=...}; {@code null}: those of
 *     the server address
 * @param headers in addition to those of {@link WebSocketOptions#headers()}, which they replace where the names are equal
 */
public record WebSocketRequest(@Nullable String target, Map<String, String> headers) {

    /**
     * @throws IllegalArgumentException if the target doesn't start with a slash, or target or headers contain characters
     *     that HTTP doesn't allow; the message never quotes them
     */
    public WebSocketRequest {
        if (target != null) {
            checkTarget(target);
        }
        Map<String, String> copy = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            checkHeader(name, value);
            copy.put(name, value);
        });
        headers = Collections.unmodifiableMap(copy);
    }

    /** A request with this path and query and no further headers. */
    public static WebSocketRequest target(String pathAndQuery) {
        return new WebSocketRequest(pathAndQuery, Map.of());
    }

    /** A request for the server address as it is, with this header. */
    public static WebSocketRequest header(String name, String value) {
        return new WebSocketRequest(null, Map.of(name, value));
    }

    private static void checkTarget(String target) {
        if (!target.startsWith("/")) {
            throw new IllegalArgumentException(
                    "invalid WebSocket target: must start with '/', such as /mqtt?token=...");
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                throw new IllegalArgumentException("invalid WebSocket target: the character at position " + i
                        + " is not allowed in a URL; write it as a %XX escape");
            }
        }
    }

    /** @throws IllegalArgumentException if HTTP doesn't allow such a header */
    static void checkHeader(String name, String value) {
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            token &= c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
        if (!token) {
            throw new IllegalArgumentException(
                    "invalid WebSocket header name: must be an HTTP token, such as Authorization");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c >= 0x7f) {
                throw new IllegalArgumentException("invalid value of the WebSocket header '" + name
                        + "': the character at position " + i + " is a control character or not ASCII");
            }
        }
        for (String own :
                new String[] {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}) {
            if (name.equalsIgnoreCase(own)) {
                throw new IllegalArgumentException("the WebSocket header '" + own + "' is set by the client itself");
            }
        }
        if (name.equalsIgnoreCase("Sec-WebSocket-Protocol")) {
            throw new IllegalArgumentException("set the sub-protocol with WebSocketOptions.Builder.subprotocol(...)");
        }
    }

    /** Names only: path, query and values may be secrets. */
    @Override
    public String toString() {
        return "WebSocketRequest[target=" + (target == null ? "that of the address" : "***") + ", headers="
                + headers.keySet() + "]";
    }
}
