package io.godwit.mqtt.client.net;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server: the addresses, TLS, proxy, WebSocket, and how long each phase may take. Immutable. Names are resolved
 * and key material is read again at each attempt.
 */
public final class TransportOptions {

    /** Set once. */
    private final List<ServerAddress> servers;

    private final boolean shuffled;
    private final boolean serviceRecords;
    private final Tls tls;
    private final @Nullable ProxyServer proxy;
    private final boolean systemProxy;
    private final WebSocketOptions webSocket;
    private final @Nullable InetAddress localAddress;
    private final HostResolver resolver;
    private final Duration resolveTimeout;
    private final Duration connectTimeout;
    private final Duration handshakeTimeout;
    private final Duration attemptDelay;

    private TransportOptions(Builder builder) {
        servers = builder.servers;
        shuffled = builder.shuffled;
        serviceRecords = builder.serviceRecords;
        tls = builder.tls;
        proxy = builder.proxy;
        systemProxy = builder.systemProxy;
        webSocket = builder.webSocket;
        localAddress = builder.localAddress;
        resolver = builder.resolver;
        resolveTimeout = builder.resolveTimeout;
        connectTimeout = builder.connectTimeout;
        handshakeTimeout = builder.handshakeTimeout;
        attemptDelay = builder.attemptDelay;
        check();
    }

    private void check() {
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no server address: add one with servers(\"mqtt://host\")");
        }
        for (ServerAddress server : servers) {
            if (tls.isConfigured() && !server.scheme().isTls()) {
                throw new IllegalArgumentException("TLS options are set, but " + server.withoutCredentials()
                        + " would be reached without TLS: use "
                        + (server.scheme().isWebSocket() ? "wss://" : "mqtts://") + ", or remove the TLS options");
            }
        }
        if (webSocket != WebSocketOptions.defaults()
                && servers.stream().noneMatch(server -> server.scheme().isWebSocket())) {
            throw new IllegalArgumentException(
                    "WebSocket options are set, but no server address uses WebSocket: use ws:// or"
                            + " wss://, or remove the WebSocket options");
        }
        if (proxy != null && systemProxy) {
            throw new IllegalArgumentException(
                    "both proxy(...) and systemProxy(true) are set: remove one, or pass proxy(null)");
        }
    }

    /**
     * The options for one or more servers, with defaults for everything else.
     *
     * @throws IllegalArgumentException if an address is invalid, see {@link ServerAddress#parse}
     */
    public static TransportOptions to(String... addresses) {
        return builder().servers(addresses).build();
    }

    /** A builder without a server. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The servers in the order of the user, at least one. */
    public List<ServerAddress> servers() {
        return servers;
    }

    /** Whether each attempt tries the servers in a random order. */
    public boolean shuffled() {
        return shuffled;
    }

    /** Whether SRV records are looked up. */
    public boolean serviceRecords() {
        return serviceRecords;
    }

    /** The TLS options for {@code mqtts://} and {@code wss://} servers. */
    public Tls tls() {
        return tls;
    }

    /** The proxy, or {@code null}. */
    public @Nullable ProxyServer proxy() {
        return proxy;
    }

    /** Whether the JDK's proxy selector is asked at each attempt. */
    public boolean systemProxy() {
        return systemProxy;
    }

    /** The WebSocket options for {@code ws://} and {@code wss://} servers. */
    public WebSocketOptions webSocket() {
        return webSocket;
    }

    /** The local address of connections; {@code null}: the system chooses. */
    public @Nullable InetAddress localAddress() {
        return localAddress;
    }

    /** Finds the addresses of host names. */
    public HostResolver resolver() {
        return resolver;
    }

    /** The time limit for resolving one name. */
    public Duration resolveTimeout() {
        return resolveTimeout;
    }

    /** The time limit for connecting to one address. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** The time limit for proxy, TLS and WebSocket together, once an address is connected. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** How long to wait for an address before the next one is tried in parallel (RFC 8305). */
    public Duration attemptDelay() {
        return attemptDelay;
    }

    /** The servers, without secrets. */
    @Override
    public String toString() {
        return "TransportOptions" + servers;
    }

    /** Builds {@link TransportOptions}. Not thread-safe. */
    public static final class Builder {

        private static final Duration RESOLVE_TIMEOUT = Duration.ofSeconds(5);
        private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
        private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
        private static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

        private List<ServerAddress> servers = List.of();
        private boolean shuffled;
        private boolean serviceRecords;
        private Tls tls = Tls.system();
        private @Nullable ProxyServer proxy;
        private boolean systemProxy;
        private WebSocketOptions webSocket = WebSocketOptions.defaults();
        private @Nullable InetAddress localAddress;
        private HostResolver resolver = HostResolver.SYSTEM;
        private Duration resolveTimeout = RESOLVE_TIMEOUT;
        private Duration connectTimeout = CONNECT_TIMEOUT;
        private Duration handshakeTimeout = HANDSHAKE_TIMEOUT;
        private Duration attemptDelay = ATTEMPT_DELAY;

        private Builder() {}

        private Builder(TransportOptions options) {
            servers = options.servers;
            shuffled = options.shuffled;
            serviceRecords = options.serviceRecords;
            tls = options.tls;
            proxy = options.proxy;
            systemProxy = options.systemProxy;
            webSocket = options.webSocket;
            localAddress = options.localAddress;
            resolver = options.resolver;
            resolveTimeout = options.resolveTimeout;
            connectTimeout = options.connectTimeout;
            handshakeTimeout = options.handshakeTimeout;
            attemptDelay = options.attemptDelay;
        }

        /**
         * The servers, tried in this order. Replaces earlier ones. Unless each connection starts a new session, they must share
         * their sessions, as the nodes of a cluster do: CONNACK cannot say whose session it resumes.
         *
         * @throws IllegalArgumentException if an address is invalid, see {@link ServerAddress#parse}
         */
        public Builder servers(String... addresses) {
            List<ServerAddress> parsed = new ArrayList<>(addresses.length);
            for (String address : addresses) {
                parsed.add(ServerAddress.parse(address));
            }
            return servers(parsed);
        }

        /** The servers, tried in this order, as {@link #servers(String...)} says. Replaces earlier ones. */
        public Builder servers(List<ServerAddress> addresses) {
            servers = List.copyOf(addresses);
            return this;
        }

        /** Whether each attempt tries the servers in a random order, to spread the load. Off by default. */
        public Builder shuffled(boolean shuffled) {
            this.shuffled = shuffled;
            return this;
        }

        /**
         * Whether the host of an {@code mqtt://} or {@code mqtts://} address with the scheme's default port is first looked
         * up as {@code _mqtt._tcp} or {@code _secure-mqtt._tcp} (RFC 2782). Without such records the address itself is used.
         * The certificate must name the host of the address, not the target of the record, which a forged DNS answer could
         * choose. Off by default.
         */
        public Builder serviceRecords(boolean serviceRecords) {
            this.serviceRecords = serviceRecords;
            return this;
        }

        /** The TLS options for {@code mqtts://} and {@code wss://} servers: {@link Tls#system()} by default. */
        public Builder tls(Tls tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** The proxy; {@code null} (default): none. Unix sockets bypass it. */
        public Builder proxy(@Nullable ProxyServer proxy) {
            this.proxy = proxy;
            return this;
        }

        /**
         * Whether {@link java.net.ProxySelector#getDefault()} is asked at each attempt: for {@code socket://host:port}, or
         * for {@code http} or {@code https} with WebSocket. Off by default.
         */
        public Builder systemProxy(boolean systemProxy) {
            this.systemProxy = systemProxy;
            return this;
        }

        /** Sub-protocol, headers and signed URLs for {@code ws://} and {@code wss://} servers. */
        public Builder webSocket(WebSocketOptions webSocket) {
            this.webSocket = Objects.requireNonNull(webSocket, "webSocket");
            return this;
        }

        /** The local address of connections; {@code null} (default): the system chooses. */
        public Builder localAddress(@Nullable InetAddress localAddress) {
            this.localAddress = localAddress;
            return this;
        }

        /** Finds the addresses of host names: {@link HostResolver#SYSTEM} by default. */
        public Builder resolver(HostResolver resolver) {
            this.resolver = Objects.requireNonNull(resolver, "resolver");
            return this;
        }

        /**
         * The time limit for resolving one name: 5 s by default.
         *
         * @throws IllegalArgumentException unless more than zero and at most a day
         */
        public Builder resolveTimeout(Duration timeout) {
            resolveTimeout = positive("resolveTimeout", timeout);
            return this;
        }

        /**
         * The time limit for connecting to one address: 10 s by default.
         *
         * @throws IllegalArgumentException unless more than zero and at most a day
         */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = positive("connectTimeout", timeout);
            return this;
        }

        /**
         * The time limit for proxy, TLS and WebSocket together, once an address is connected: 10 s by default.
         *
         * @throws IllegalArgumentException unless more than zero and at most a day
         */
        public Builder handshakeTimeout(Duration timeout) {
            handshakeTimeout = positive("handshakeTimeout", timeout);
            return this;
        }

        /**
         * How long to wait for an address before the next one is tried in parallel: 250 ms by default, as RFC 8305
         * recommends.
         *
         * @throws IllegalArgumentException unless more than zero and at most a day
         */
        public Builder attemptDelay(Duration delay) {
            attemptDelay = positive("attemptDelay", delay);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if there is no server, or settings contradict each other; the message says how to
         *     fix them
         */
        public TransportOptions build() {
            return new TransportOptions(this);
        }

        private static Duration positive(String name, Duration duration) {
            if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "invalid " + name + " " + duration + ": must be more than zero and at most one day");
            }
            return duration;
        }
    }
}
