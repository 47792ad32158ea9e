package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT 3.1, 3.1.1 and 5 broker to embed: in tests, in a command, in a device simulator. It keeps everything in memory,
 * so sessions and retained messages are gone when it closes.
 *
 * <pre>{@code
 * try (MqttBroker broker = MqttBroker.builder().port(1883).credentials("user", "secret").start()) {
 *     broker.publish(Message.of("greetings/world", "hello"));
 * }
 * }</pre>
 *
 * <p>Thread-safe. The broker runs on one thread of its own, which ends with {@link #close}. Its methods wait for that
 * thread, so listeners and policies must not call them.
 */
public final class MqttBroker implements AutoCloseable {
    private final BrokerServer server;
    private final BrokerFaults faults;
    private final String scheme;
    private final String path;

    private MqttBroker(Builder builder) {
        BrokerCore core = new BrokerCore(builder.settings, builder.listener);
        String webSocketPath = builder.webSocketPath;
        WebSocketSettings webSocket =
                webSocketPath == null ? null : new WebSocketSettings(webSocketPath, builder.origins);
        server = new BrokerServer(core, builder.host, builder.tls(), webSocket);
        server.bind(builder.port);
        faults = new BrokerFaults(server);
        boolean secure = builder.certificate != null;
        scheme = webSocketPath != null ? secure ? "wss" : "ws" : secure ? "mqtts" : "mqtt";
        path = webSocketPath == null ? "" : webSocketPath;
    }

    /** Starts a broker with default settings on a free port of 127.0.0.1. */
    public static MqttBroker start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Configures and starts an {@link MqttBroker}. Not thread-safe. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int port;
        private BrokerSettings settings = BrokerSettings.guarded();
        private BrokerListener listener = BrokerListener.NONE;
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path clientAuthority;
        private @Nullable String webSocketPath;
        private final Set<String> origins = new HashSet<>();

        private Builder() {}

        /** Sets the address to listen on; default 127.0.0.1. */
        public Builder host(String address) {
            host = Objects.requireNonNull(address, "address");
            return this;
        }

        /** Sets the port to listen on, 0 to 65,535; 0 (the default) picks a free one. */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("invalid port " + number + ": must be 0 to 65535");
            }
            port = number;
            return this;
        }

        /** Sets what the broker allows and limits; default {@link BrokerSettings#guarded()}. */
        public Builder settings(BrokerSettings newSettings) {
            settings = Objects.requireNonNull(newSettings, "newSettings");
            return this;
        }

        /** Changes single settings: {@code settings(s -> s.receiveMaximum(5))}. */
        public Builder settings(UnaryOperator<BrokerSettings> change) {
            settings = Objects.requireNonNull(change.apply(settings), "the changed settings");
            return this;
        }

        /** Accepts only clients with this user name and password. Replaces {@link #policy}. */
        public Builder credentials(String username, String password) {
            Objects.requireNonNull(username, "username");
            byte[] expected = password.getBytes(StandardCharsets.UTF_8);
            return policy(new BrokerPolicy() {
                @Override
                public ReasonCode connect(Connect connect) {
                    byte[] given = connect.password();
                    boolean known = username.equals(connect.username())
                            && given != null
                            && MessageDigest.isEqual(expected, given);
                    return known ? ReasonCode.SUCCESS : ReasonCode.BAD_USER_NAME_OR_PASSWORD;
                }
            });
        }

        /** Decides who may do what. Replaces {@link #credentials}. */
        public Builder policy(BrokerPolicy policy) {
            settings = settings.policy(policy);
            return this;
        }

        /** Sets the listener, which is called on the broker's thread. */
        public Builder listener(BrokerListener newListener) {
            listener = Objects.requireNonNull(newListener, "newListener");
            return this;
        }

        /** Accepts TLS connections, with a certificate chain and its private key as PEM files. */
        public Builder tls(Path certificateChain, Path privateKey) {
            certificate = Objects.requireNonNull(certificateChain, "certificateChain");
            key = Objects.requireNonNull(privateKey, "privateKey");
            return this;
        }

        /** Requires a client certificate issued by this authority (a PEM file). Needs {@link #tls}. */
        public Builder clientCertificates(Path authority) {
            clientAuthority = Objects.requireNonNull(authority, "authority");
            return this;
        }

        /** Accepts MQTT over WebSocket (section 6 of the standard) at this path, such as {@code /mqtt}. */
        public Builder webSocket(String path) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("invalid WebSocket path '" + path + "': must start with '/'");
            }
            webSocketPath = path;
            return this;
        }

        /**
         * Lets web pages of these origins connect over WebSocket, such as {@code https://app.example}; {@code *} lets any.
         * Pages from this machine (localhost, 127.0.0.0/8, ::1) always may, and so may programs that aren't browsers.
         */
        public Builder allowedOrigins(String... allowed) {
            for (String origin : allowed) {
                origins.add(origin.toLowerCase(Locale.ROOT));
            }
            return this;
        }

        private BrokerServer.@Nullable TlsFiles tls() {
            if (certificate != null && key != null) {
                return new BrokerServer.TlsFiles(certificate, key, clientAuthority);
            }
            if (clientAuthority != null) {
                throw new IllegalStateException("clientCertificates needs a server certificate: call tls(..) too");
            }
            return null;
        }

        /**
         * Starts the broker. It accepts connections when this method returns.
         *
         * @throws IllegalStateException if the port cannot be bound or a TLS file cannot be used
         */
        public MqttBroker start() {
            return new MqttBroker(this);
        }
    }

    public String host() {
        return server.host();
    }

    /** The port that the broker listens on. */
    public int port() {
        return server.port();
    }

    /** The address for clients, such as {@code mqtt://127.0.0.1:41883}. */
    public String uri() {
        String literal = host().indexOf(':') >= 0 ? "[" + host() + "]" : host();
        return URI.create(scheme + "://" + literal + ":" + port() + path).toString();
    }

    /** The client identifiers that are connected now. */
    public List<String> connectedClients() {
        return server.call((core, now) -> core.connectedClients());
    }

    public boolean isConnected(String clientId) {
        return server.call((core, now) -> core.isConnected(clientId));
    }

    /** Whether the broker keeps a session for the client, connected or not. */
    public boolean hasSession(String clientId) {
        return server.call((core, now) -> core.hasSession(clientId));
    }

    /** The topic filters that a client is subscribed to. */
    public List<String> subscriptions(String clientId) {
        return server.call((core, now) -> core.subscriptions(clientId));
    }

    /** The QoS 1 and 2 messages that a client has not acknowledged yet (at QoS 2: not received), in order. */
    public List<Message> pending(String clientId) {
        return server.call((core, now) -> core.pending(clientId));
    }

    /** The retained message of a topic, or null. */
    public @Nullable Message retained(String topic) {
        return server.call((core, now) -> Optional.ofNullable(core.retained(topic, now)))
                .orElse(null);
    }

    /** Publishes a message as the broker itself. Returns the number of sessions that it went to. */
    public int publish(Message message) {
        return server.call((core, now) -> core.publish(message, now));
    }

    /** Ends a client's connection, with a DISCONNECT on MQTT 5. Returns false if the client is not connected. */
    public boolean disconnect(String clientId, ReasonCode reason) {
        return disconnect(clientId, reason, MqttProperties.NONE);
    }

    /** Ends a client's connection with these DISCONNECT properties, such as a server reference. */
    public boolean disconnect(String clientId, ReasonCode reason, MqttProperties properties) {
        return server.call((core, now) -> core.disconnect(clientId, reason, properties, now));
    }

    /** Changes settings of the running broker. Clients that are connected keep the limits from their CONNACK. */
    public void settings(UnaryOperator<BrokerSettings> change) {
        server.run((core, now) -> core.settings(change.apply(core.settings())));
    }

    /**
     * Completes when the broker has ended. Completes exceptionally if it did not end by {@link #close} but because it ran
     * out of memory: it can't go on then, and closes its port and connections.
     */
    public CompletableFuture<Void> closed() {
        return server.closed().copy();
    }

    /** Failures to simulate, for tests of clients. */
    public BrokerFaults faults() {
        return faults;
    }

    /** Closes the connections and the port, and ends the broker's thread. Idempotent. */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "MqttBroker[" + uri() + "]";
    }
}
