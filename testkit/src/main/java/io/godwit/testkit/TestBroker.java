package io.godwit.testkit;

import io.godwit.mqtt.broker.BrokerCore;
import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT broker inside a test: all of 3.1, 3.1.1 and 5, in memory, on a port of 127.0.0.1 that the system chooses. Says
 * what it has seen, and misbehaves on request: refuses, falls silent, cuts, restarts, goes away and comes back.
 *
 * <pre>{@code
 * try (TestBroker broker = TestBroker.start();
 *         MqttClient client = MqttClient.connect(broker.uri())) {
 *     client.publish("greetings/world", "hello");
 *     broker.awaitMessage(message -> message.topic().equals("greetings/world"), Duration.ofSeconds(1));
 * }
 * }</pre>
 *
 * <p>Safe for several threads. All of the broker runs on one thread of its own, which dies with {@link #close}. For
 * production people have real brokers.
 */
public final class TestBroker implements AutoCloseable {
    private final BrokerJournal journal;
    private final BrokerServer server;
    private final String scheme;
    private final String path;

    private TestBroker(Builder builder) {
        journal = new BrokerJournal(builder.remember, builder.listener);
        BrokerCore core = new BrokerCore(builder.settings, journal);
        String webSocketPath = builder.webSocketPath;
        server = new BrokerServer(core, builder.host, builder.tls(), webSocketPath);
        server.bind(builder.port);
        boolean secure = builder.certificate != null;
        scheme = webSocketPath != null ? secure ? "wss" : "ws" : secure ? "mqtts" : "mqtt";
        path = webSocketPath == null ? "" : webSocketPath;
    }

    /** A broker with everything allowed, on a free port of 127.0.0.1. */
    public static TestBroker start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What a broker is started with. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int port;
        private BrokerSettings settings = BrokerSettings.defaults();
        private BrokerListener listener = BrokerListener.NONE;
        private int remember = 10_000;
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path clientAuthority;
        private @Nullable String webSocketPath;

        private Builder() {}

        /** The address to listen on; 127.0.0.1 unless set. */
        public Builder host(String address) {
            host = Objects.requireNonNull(address, "address");
            return this;
        }

        /** The port to listen on; 0, the default, lets the system choose a free one. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** What the broker allows and limits. */
        public Builder settings(BrokerSettings newSettings) {
            settings = Objects.requireNonNull(newSettings, "newSettings");
            return this;
        }

        /** Changes single settings: {@code settings(s -> s.receiveMaximum(5))}. */
        public Builder settings(UnaryOperator<BrokerSettings> change) {
            settings = change.apply(settings);
            return this;
        }

        /** Only clients with this user name and password may connect. */
        public Builder credentials(String username, String password) {
            byte[] expected = password.getBytes(StandardCharsets.UTF_8);
            return policy(new BrokerPolicy() {
                @Override
                public ReasonCode connect(Connect connect) {
                    boolean known = username.equals(connect.username())
                            && java.util.Arrays.equals(expected, connect.password());
                    return known ? ReasonCode.SUCCESS : ReasonCode.BAD_USER_NAME_OR_PASSWORD;
                }
            });
        }

        /** Who may do what; replaces {@link #credentials}. */
        public Builder policy(BrokerPolicy policy) {
            settings = settings.policy(policy);
            return this;
        }

        /** Is told of everything that happens, on the broker's thread. */
        public Builder listener(BrokerListener newListener) {
            listener = Objects.requireNonNull(newListener, "newListener");
            return this;
        }

        /** How many messages {@link TestBroker#messages} remembers; 10,000 unless set, 0 for none. */
        public Builder remember(int messages) {
            remember = messages;
            return this;
        }

        /** Speaks TLS, with a certificate chain and a private key as PEM files. */
        public Builder tls(Path certificateChain, Path privateKey) {
            certificate = certificateChain;
            key = privateKey;
            return this;
        }

        /** Asks TLS clients for a certificate of this authority (a PEM file). */
        public Builder clientCertificates(Path authority) {
            clientAuthority = authority;
            return this;
        }

        /** Speaks MQTT over WebSocket, section 6 of the standard, at this path, such as {@code /mqtt}. */
        public Builder webSocket(String path) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("the WebSocket path '" + path + "' must begin with '/'");
            }
            webSocketPath = path;
            return this;
        }

        private BrokerServer.@Nullable TlsFiles tls() {
            return certificate == null || key == null
                    ? null
                    : new BrokerServer.TlsFiles(certificate, key, clientAuthority);
        }

        /**
         * Starts the broker; it accepts connections when this returns.
         *
         * @throws IllegalStateException when it cannot listen on the port, or the TLS files do not serve
         */
        public TestBroker start() {
            return new TestBroker(this);
        }
    }

    public String host() {
        return server.host();
    }

    /** The port that the broker listens on; the same after a restart. */
    public int port() {
        return server.port();
    }

    /** What a client connects to, such as {@code mqtt://127.0.0.1:41883}. */
    public String uri() {
        return URI.create(scheme + "://" + host() + ":" + port() + path).toString();
    }

    // --- What it has seen.

    /** The messages that the broker has taken, wills included, oldest first, as far as it remembers. */
    public List<SeenMessage> messages() {
        return journal.messages();
    }

    /** The CONNECT packets of the clients that were accepted, oldest first. */
    public List<Connect> connects() {
        return journal.connects();
    }

    /** What clients did against the standard; empty when all is well. */
    public List<String> violations() {
        return journal.violations();
    }

    /** Messages that could not be delivered to a session, and why. */
    public List<String> dropped() {
        return journal.dropped();
    }

    /** Forgets what it has seen; sessions and retained messages stay. */
    public void forget() {
        journal.forget();
    }

    /**
     * Waits until a client is connected.
     *
     * @throws AssertionError when it is not in time, saying who is
     */
    public void awaitConnected(String clientId, Duration timeout) {
        journal.awaitConnected(clientId, timeout);
    }

    /** Waits until a client is not connected; else an AssertionError. */
    public void awaitDisconnected(String clientId, Duration timeout) {
        journal.awaitDisconnected(clientId, timeout);
    }

    /** Waits until a client has subscribed to a filter; else an AssertionError. */
    public void awaitSubscribed(String clientId, String filter, Duration timeout) {
        journal.awaitSubscribed(clientId, filter, timeout);
    }

    /** Waits for a message that was seen or will be; else an AssertionError that lists what was seen. */
    public SeenMessage awaitMessage(Predicate<SeenMessage> condition, Duration timeout) {
        return journal.awaitMessage(condition, timeout);
    }

    /** Waits until the broker remembers so many messages, and returns them all; else an AssertionError. */
    public List<SeenMessage> awaitMessages(int count, Duration timeout) {
        return journal.awaitMessages(count, timeout);
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

    /** The messages of QoS 1 and 2 for a client that have not arrived there, in order. */
    public List<Message> pending(String clientId) {
        return server.call((core, now) -> core.pending(clientId));
    }

    /** The retained message of a topic, or null. */
    public @Nullable Message retained(String topic) {
        return server.call((core, now) -> Optional.ofNullable(core.retained(topic, now)))
                .orElse(null);
    }

    // --- What it does on request.

    /** Publishes a message of the broker's own; returns how many sessions it went to. */
    public int publish(Message message) {
        return server.call((core, now) -> core.publish(message, now));
    }

    /** Cuts a client's connection without a DISCONNECT, so that its will is published; false when it is not connected. */
    public boolean dropConnection(String clientId) {
        return server.call((core, now) -> core.drop(clientId, now));
    }

    /** Ends a client's connection, on MQTT 5 with a DISCONNECT that says why; false when it is not connected. */
    public boolean disconnect(String clientId, ReasonCode reason) {
        return disconnect(clientId, reason, MqttProperties.NONE);
    }

    /** The same with properties, such as a server reference. */
    public boolean disconnect(String clientId, ReasonCode reason, MqttProperties properties) {
        return server.call((core, now) -> core.disconnect(clientId, reason, properties, now));
    }

    /** Answers each CONNECT with this code, as it stands in CONNACK (1 to 5 on 3.1.1, a reason code on 5); 0 accepts again. */
    public void refuseConnects(int code) {
        server.call((core, now) -> {
            core.refuseConnects(code);
            return code;
        });
    }

    /** Changes settings while it runs; clients that are connected keep what they were told. */
    public void settings(UnaryOperator<BrokerSettings> change) {
        server.call((core, now) -> {
            core.settings(change.apply(core.settings()));
            return core;
        });
    }

    /** While silent, the broker accepts connections but neither reads nor answers, as behind a half-open connection. */
    public void silent(boolean isSilent) {
        server.silent(isSilent);
    }

    /** Moves the broker's clock on, for keep-alives, expiries and delayed wills: what is due happens before this returns. */
    public void advance(Duration time) {
        server.advance(time);
    }

    /** Cuts all connections and starts anew on the same port, with its state (sessions, retained messages) or without. */
    public void restart(boolean keepState) {
        server.call((core, now) -> {
            core.restart(keepState, now);
            return core;
        });
    }

    /** Cuts all connections and stops listening: connecting is refused, until {@link #goOnline}. The state is kept. */
    public void goOffline() {
        server.unbind();
        restart(true);
    }

    /** Listens again, on the same port; nothing happens when it does. */
    public void goOnline() {
        server.bind(server.port());
    }

    /** Ends the broker: its connections, its port and its thread. */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "TestBroker[" + uri() + "]";
    }
}
