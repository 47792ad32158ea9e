package io.godwit.mqtt.client.net;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the upgrade to WebSocket (RFC 6455) is requested from {@code ws://} and {@code wss://} servers. Immutable. Redirects
 * are never followed: a token would go to a server that nobody chose.
 */
public final class WebSocketOptions {

    private static final WebSocketOptions DEFAULTS = builder().build();

    /** Set once. */
    private final @Nullable String subprotocol;

    private final Map<String, String> headers;
    private final @Nullable WebSocketRequestSupplier requests;

    private WebSocketOptions(Builder builder) {
        subprotocol = builder.subprotocol;
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(builder.headers));
        requests = builder.requests;
    }

    /** No further headers, and the sub-protocol that fits the MQTT version. */
    public static WebSocketOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.subprotocol = subprotocol;
        builder.headers.putAll(headers);
        builder.requests = requests;
        return builder;
    }

    /** The sub-protocol to offer; {@code null}: {@code mqtt}, or {@code mqttv3.1} with MQTT 3.1. */
    public @Nullable String subprotocol() {
        return subprotocol;
    }

    /** Headers that each upgrade carries. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Supplies path, query and headers before each attempt; {@code null}: those of the address. */
    public @Nullable WebSocketRequestSupplier requests() {
        return requests;
    }

    /** For people; header values may be secrets and are not shown. */
    @Override
    public String toString() {
        return "WebSocketOptions[subprotocol=" + (subprotocol == null ? "default" : subprotocol) + ", headers="
                + headers.keySet() + (requests == null ? "" : ", requests from a supplier") + "]";
    }

    /** Builds {@link WebSocketOptions}. Not thread-safe. */
    public static final class Builder {

        private @Nullable String subprotocol;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable WebSocketRequestSupplier requests;

        private Builder() {}

        /**
         * The sub-protocol to offer. Unless set, {@code mqtt}, or {@code mqttv3.1} with MQTT 3.1.
         *
         * @throws IllegalArgumentException if it isn't an HTTP token
         */
        public Builder subprotocol(String subprotocol) {
            boolean token = !subprotocol.isEmpty();
            for (int i = 0; i < subprotocol.length(); i++) {
                char c = subprotocol.charAt(i);
                token &= c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
            }
            if (!token) {
                throw new IllegalArgumentException(
                        "invalid WebSocket sub-protocol: must be one HTTP token, such as mqtt");
            }
            this.subprotocol = subprotocol;
            return this;
        }

        /**
         * Adds a header, such as a token; its value is never shown or logged.
         *
         * @throws IllegalArgumentException if HTTP doesn't allow it, or the client sets this header itself
         */
        public Builder header(String name, String value) {
            WebSocketRequest.checkHeader(name, value);
            headers.put(name, value);
            return this;
        }

        /** Supplies path, query and headers before each attempt, for signed URLs and expiring tokens. */
        public Builder requests(WebSocketRequestSupplier supplier) {
            requests = Objects.requireNonNull(supplier, "supplier");
            return this;
        }

        public WebSocketOptions build() {
            return new WebSocketOptions(this);
        }
    }
}
