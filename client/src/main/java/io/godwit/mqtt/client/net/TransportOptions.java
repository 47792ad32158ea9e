package io.godwit.mqtt.client.net;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that is needed to reach a server, as one immutable value: the servers, what to speak on the way, and how long
 * each step may take. It is walked anew at each attempt: names are resolved and key material is read again.
 */
public final class TransportOptions {

    /** Set once. */
    private final List<ServerAddress> servers;

    private final boolean shuffled;
    private final boolean serviceRecords;
    private final Tls tls;
    private final @Nullable ProxyServer proxy;
    private final boolean systemProxy;
    private final String webSocketSubprotocol;
    private final Map<String, String> webSocketHeaders;
    private final @Nullable InetAddress localAddress;
    private final HostResolver resolver;
    private final Duration resolveTimeout;
    private final Duration connectTimeout;
    private final Duration handshakeTimeout;
    private final Duration attemptDelay;

    private TransportOptions(Builder builder) {
        if (builder.servers.isEmpty()) {
            throw new IllegalArgumentException("the road has no server: name one with server(\"mqtt://host\")");
        }
        servers = builder.servers;
        shuffled = builder.shuffled;
        serviceRecords = builder.serviceRecords;
        tls = builder.tls;
        proxy = builder.proxy;
        systemProxy = builder.systemProxy;
        webSocketSubprotocol = builder.webSocketSubprotocol;
        webSocketHeaders = builder.webSocketHeaders;
        localAddress = builder.localAddress;
        resolver = builder.resolver;
        resolveTimeout = builder.resolveTimeout;
        connectTimeout = builder.connectTimeout;
        handshakeTimeout = builder.handshakeTimeout;
        attemptDelay = builder.attemptDelay;
    }

    /**
     * The road to one or more servers, everything else as it is by default.
     *
     * @throws IllegalArgumentException if an address is none, see {@link ServerAddress#parse}
     */
    public static TransportOptions to(String... addresses) {
        return builder().servers(addresses).build();
    }

    /** A road without a server yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this road. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The servers in the order of the user, at least one. */
    public List<ServerAddress> servers() {
        return servers;
    }

    /** Whether each attempt tries the servers in an order of its own. */
    public boolean shuffled() {
        return shuffled;
    }

    /** Whether SRV records are asked for. */
    public boolean serviceRecords() {
        return serviceRecords;
    }

    /** How TLS is spoken with servers whose address asks for it. */
    public Tls tls() {
        return tls;
    }

    /** The proxy on the way, or {@code null}. */
    public @Nullable ProxyServer proxy() {
        return proxy;
    }

    /** Whether the JDK is asked for a proxy at each attempt. */
    public boolean systemProxy() {
        return systemProxy;
    }

    /** What the WebSocket upgrade offers as its sub-protocol. */
    public String webSocketSubprotocol() {
        return webSocketSubprotocol;
    }

    /** Headers that the WebSocket upgrade carries besides its own. */
    public Map<String, String> webSocketHeaders() {
        return webSocketHeaders;
    }

    /** The address of this machine that connections start from; {@code null} leaves it to the system. */
    public @Nullable InetAddress localAddress() {
        return localAddress;
    }

    /** Finds the addresses of host names. */
    public HostResolver resolver() {
        return resolver;
    }

    /** How long finding the addresses of one name may take. */
    public Duration resolveTimeout() {
        return resolveTimeout;
    }

    /** How long reaching one address may take. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** How long proxy, TLS and WebSocket may take together, once an address is reached. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** How long an address may stay silent before the next one is tried beside it (RFC 8305). */
    public Duration attemptDelay() {
        return attemptDelay;
    }

    /** For people: the servers, without secrets. */
    @Override
    public String toString() {
        return "Road" + servers;
    }

    /** Collects what a {@link TransportOptions} is made of. Not for use by several threads. */
    public static final class Builder {

        // What is set unless the application says otherwise; all roads share these values.
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
        private String webSocketSubprotocol = "mqtt";
        private Map<String, String> webSocketHeaders = Map.of();
        private @Nullable InetAddress localAddress;
        private HostResolver resolver = HostResolver.system();
        private Duration resolveTimeout = RESOLVE_TIMEOUT;
        private Duration connectTimeout = CONNECT_TIMEOUT;
        private Duration handshakeTimeout = HANDSHAKE_TIMEOUT;
        private Duration attemptDelay = ATTEMPT_DELAY;

        private Builder() {}

        private Builder(TransportOptions road) {
            servers = road.servers;
            shuffled = road.shuffled;
            serviceRecords = road.serviceRecords;
            tls = road.tls;
            proxy = road.proxy;
            systemProxy = road.systemProxy;
            webSocketSubprotocol = road.webSocketSubprotocol;
            webSocketHeaders = road.webSocketHeaders;
            localAddress = road.localAddress;
            resolver = road.resolver;
            resolveTimeout = road.resolveTimeout;
            connectTimeout = road.connectTimeout;
            handshakeTimeout = road.handshakeTimeout;
            attemptDelay = road.attemptDelay;
        }

        /**
         * The servers, tried in this order. Replaces those given before.
         *
         * @throws IllegalArgumentException if an address is none, see {@link ServerAddress#parse}
         */
        public Builder servers(String... addresses) {
            List<ServerAddress> parsed = new ArrayList<>(addresses.length);
            for (String address : addresses) {
                parsed.add(ServerAddress.parse(address));
            }
            return servers(parsed);
        }

        /** The servers, tried in this order. Replaces those given before. */
        public Builder servers(List<ServerAddress> addresses) {
            servers = List.copyOf(addresses);
            return this;
        }

        /** Whether each attempt tries the servers in an order of its own, to spread the load. Off by default. */
        public Builder shuffled(boolean shuffled) {
            this.shuffled = shuffled;
            return this;
        }

        /**
         * Whether the host of an {@code mqtt://} or {@code mqtts://} address with the scheme's default port is looked
         * up as {@code _mqtt._tcp} or {@code _secure-mqtt._tcp} first (RFC 2782). Without such records the address
         * itself is used. The certificate must name the host of the address, not the target of the record, which a
         * forged answer could choose. Off by default.
         */
        public Builder serviceRecords(boolean serviceRecords) {
            this.serviceRecords = serviceRecords;
            return this;
        }

        /** How TLS is spoken with {@code mqtts://} and {@code wss://} servers: {@link Tls#system()} by default. */
        public Builder tls(Tls tls) {
            this.tls = Objects.requireNonNull(tls);
            return this;
        }

        /** The proxy on the way; {@code null} (default) means none. Unix sockets go past it. */
        public Builder proxy(@Nullable ProxyServer proxy) {
            this.proxy = proxy;
            return this;
        }

        /**
         * Whether {@link java.net.ProxySelector#getDefault()} is asked at each attempt, when no {@link #proxy} is
         * given: for {@code socket://host:port}, for {@code http} or {@code https} when WebSocket is spoken. Off by
         * default.
         */
        public Builder systemProxy(boolean systemProxy) {
            this.systemProxy = systemProxy;
            return this;
        }

        /** What the WebSocket upgrade offers as its sub-protocol: {@code mqtt} by default. */
        public Builder webSocketSubprotocol(String subprotocol) {
            webSocketSubprotocol = Objects.requireNonNull(subprotocol);
            return this;
        }

        /** Adds a header to the WebSocket upgrade, such as a token; it is never shown or logged. */
        public Builder webSocketHeader(String name, String value) {
            if (name.isEmpty() || (name + value).chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
                throw new IllegalArgumentException("the WebSocket header '" + name.strip()
                        + "' has no name, or holds a control character such as a line end");
            }
            Map<String, String> headers = new LinkedHashMap<>(webSocketHeaders);
            headers.put(name, value);
            webSocketHeaders = Collections.unmodifiableMap(headers);
            return this;
        }

        /** The address of this machine that connections start from; {@code null} (default) leaves it to the system. */
        public Builder localAddress(@Nullable InetAddress localAddress) {
            this.localAddress = localAddress;
            return this;
        }

        /** Finds the addresses of host names: the JDK by default. */
        public Builder resolver(HostResolver resolver) {
            this.resolver = Objects.requireNonNull(resolver);
            return this;
        }

        /** How long finding the addresses of one name may take: 5 s by default. */
        public Builder resolveTimeout(Duration timeout) {
            resolveTimeout = positive("resolveTimeout", timeout);
            return this;
        }

        /** How long reaching one address may take: 10 s by default. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = positive("connectTimeout", timeout);
            return this;
        }

        /** How long proxy, TLS and WebSocket may take together, once an address is reached: 10 s by default. */
        public Builder handshakeTimeout(Duration timeout) {
            handshakeTimeout = positive("handshakeTimeout", timeout);
            return this;
        }

        /**
         * How long an address may stay silent before the next one is tried beside it: 250 ms by default, as RFC 8305
         * advises.
         */
        public Builder attemptDelay(Duration delay) {
            attemptDelay = positive("attemptDelay", delay);
            return this;
        }

        /**
         * The road.
         *
         * @throws IllegalArgumentException if it has no server
         */
        public TransportOptions build() {
            return new TransportOptions(this);
        }

        private static Duration positive(String name, Duration duration) {
            if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        name + " is " + duration + ", but it has to be more than nothing and at most a day");
            }
            return duration;
        }
    }
}
