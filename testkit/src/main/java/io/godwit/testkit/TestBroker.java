package io.godwit.testkit;

import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An {@link MqttBroker} for tests. It records what it has seen, lets a test wait for it, and fails on request: it refuses,
 * goes silent, drops connections, restarts, goes away and comes back.
 *
 * <pre>{@code
 * try (TestBroker broker = TestBroker.start();
 *         MqttClient client = MqttClient.connect(broker.uri())) {
 *     client.publish("greetings/world", "hello");
 *     broker.awaitMessage(message -> message.topic().equals("greetings/world"), Duration.ofSeconds(1));
 * }
 * }</pre>
 *
 * <p>Thread-safe. The broker runs on one thread of its own, which ends with {@link #close}. Its methods wait for that
 * thread, so listeners and policies must not call them.
 */
public final class TestBroker implements AutoCloseable {
    private final BrokerJournal journal;
    private final MqttBroker broker;

    private TestBroker(Builder builder) {
        journal = new BrokerJournal(builder.remember, builder.listener);
        broker = builder.broker.listener(journal).start();
    }

    /** Starts a broker with default settings on a free port of 127.0.0.1. */
    public static TestBroker start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Configures and starts a {@link TestBroker}. Not thread-safe. */
    public static final class Builder {
        private final MqttBroker.Builder broker = MqttBroker.builder().settings(BrokerSettings.defaults());
        private BrokerListener listener = BrokerListener.NONE;
        private int remember = BrokerJournal.DEFAULT_LIMIT;

        private Builder() {}

        /** Sets the address to listen on; default 127.0.0.1. */
        public Builder host(String address) {
            broker.host(address);
            return this;
        }

        /** Sets the port to listen on, 0 to 65,535; 0 (the default) picks a free one. */
        public Builder port(int number) {
            broker.port(number);
            return this;
        }

        /** Sets what the broker allows and limits; default {@link BrokerSettings#defaults()}, which allows everything. */
        public Builder settings(BrokerSettings newSettings) {
            broker.settings(newSettings);
            return this;
        }

        /** Changes single settings: {@code settings(s -> s.receiveMaximum(5))}. */
        public Builder settings(UnaryOperator<BrokerSettings> change) {
            broker.settings(change);
            return this;
        }

        /** Accepts only clients with this user name and password. Replaces {@link #policy}. */
        public Builder credentials(String username, String password) {
            broker.credentials(username, password);
            return this;
        }

        /** Decides who may do what. Replaces {@link #credentials}. */
        public Builder policy(BrokerPolicy policy) {
            broker.policy(policy);
            return this;
        }

        /** Sets the listener, which is called on the broker's thread. */
        public Builder listener(BrokerListener newListener) {
            listener = Objects.requireNonNull(newListener, "newListener");
            return this;
        }

        /** Sets how many messages {@link TestBroker#messages} remembers; default 10,000, 0 for none. */
        public Builder remember(int messages) {
            remember = messages;
            return this;
        }

        /** Accepts TLS connections, with a certificate chain and its private key as PEM files. */
        public Builder tls(Path certificateChain, Path privateKey) {
            broker.tls(certificateChain, privateKey);
            return this;
        }

        /** Requires a client certificate issued by this authority (a PEM file). Needs {@link #tls}. */
        public Builder clientCertificates(Path authority) {
            broker.clientCertificates(authority);
            return this;
        }

        /** Accepts MQTT over WebSocket (section 6 of the standard) at this path, such as {@code /mqtt}. */
        public Builder webSocket(String path) {
            broker.webSocket(path);
            return this;
        }

        /**
         * Starts the broker. It accepts connections when this method returns.
         *
         * @throws IllegalStateException if the port cannot be bound or a TLS file cannot be used
         */
        public TestBroker start() {
            return new TestBroker(this);
        }
    }

    public String host() {
        return broker.host();
    }

    /** The port that the broker listens on; a restart keeps it. */
    public int port() {
        return broker.port();
    }

    /** The address for clients, such as {@code mqtt://127.0.0.1:41883}. */
    public String uri() {
        return broker.uri();
    }

    // --- What it has seen.

    /** The messages that the broker has accepted, wills included, oldest first, up to the limit it remembers. */
    public List<SeenMessage> messages() {
        return journal.messages();
    }

    /** The CONNECT packets of the clients that were accepted, oldest first. */
    public List<Connect> connects() {
        return journal.connects();
    }

    /** Violations of the standard by clients; empty if there were none. */
    public List<String> violations() {
        return journal.violations();
    }

    /** Messages that could not be delivered to a session, with the reason. */
    public List<String> dropped() {
        return journal.dropped();
    }

    /** Clears the record. Sessions and retained messages stay. */
    public void forget() {
        journal.forget();
    }

    /**
     * Waits until a client is connected.
     *
     * @throws AssertionError if it is not connected in time; the message lists the clients that are
     */
    public void awaitConnected(String clientId, Duration timeout) {
        journal.awaitConnected(clientId, timeout);
    }

    /** Waits until a client is not connected. Throws an AssertionError if it still is after the timeout. */
    public void awaitDisconnected(String clientId, Duration timeout) {
        journal.awaitDisconnected(clientId, timeout);
    }

    /** Waits until a client has subscribed to a filter. Throws an AssertionError if it has not after the timeout. */
    public void awaitSubscribed(String clientId, String filter, Duration timeout) {
        journal.awaitSubscribed(clientId, filter, timeout);
    }

    /** Waits for a message, past or future. Throws an AssertionError that lists the messages seen. */
    public SeenMessage awaitMessage(Predicate<SeenMessage> condition, Duration timeout) {
        return journal.awaitMessage(condition, timeout);
    }

    /** Waits until the broker remembers at least this many messages, and returns all of them. */
    public List<SeenMessage> awaitMessages(int count, Duration timeout) {
        return journal.awaitMessages(count, timeout);
    }

    /** The client identifiers that are connected now. */
    public List<String> connectedClients() {
        return broker.connectedClients();
    }

    public boolean isConnected(String clientId) {
        return broker.isConnected(clientId);
    }

    /** Whether the broker keeps a session for the client, connected or not. */
    public boolean hasSession(String clientId) {
        return broker.hasSession(clientId);
    }

    /** The topic filters that a client is subscribed to. */
    public List<String> subscriptions(String clientId) {
        return broker.subscriptions(clientId);
    }

    /** The QoS 1 and 2 messages that a client has not acknowledged yet (at QoS 2: not received), in order. */
    public List<Message> pending(String clientId) {
        return broker.pending(clientId);
    }

    /** The retained message of a topic, or null. */
    public @Nullable Message retained(String topic) {
        return broker.retained(topic);
    }

    // --- What it does on request.

    /** Publishes a message as the broker itself. Returns the number of sessions that it went to. */
    public int publish(Message message) {
        return broker.publish(message);
    }

    /** Drops a client's connection without DISCONNECT, so its will is published. Returns false if it is not connected. */
    public boolean dropConnection(String clientId) {
        return broker.faults().dropConnection(clientId);
    }

    /** Ends a client's connection, with a DISCONNECT on MQTT 5. Returns false if the client is not connected. */
    public boolean disconnect(String clientId, ReasonCode reason) {
        return broker.disconnect(clientId, reason);
    }

    /** Ends a client's connection with these DISCONNECT properties, such as a server reference. */
    public boolean disconnect(String clientId, ReasonCode reason, MqttProperties properties) {
        return broker.disconnect(clientId, reason, properties);
    }

    /** Answers each CONNECT with this CONNACK code: 1 to 5 on 3.1.1, a reason code on 5. Code 0 accepts clients again. */
    public void refuseConnects(int code) {
        broker.faults().refuseConnects(code);
    }

    /** Changes settings of the running broker. Clients that are connected keep the limits from their CONNACK. */
    public void settings(UnaryOperator<BrokerSettings> change) {
        broker.settings(change);
    }

    /** While silent, the broker accepts connections but neither reads nor answers, like a half-open connection. */
    public void silent(boolean isSilent) {
        broker.faults().silent(isSilent);
    }

    /** Moves the broker's clock forward. Keep-alives, expiries and wills that are due happen before this returns. */
    public void advance(Duration time) {
        broker.faults().advance(time);
    }

    /**
     * Drops all connections and restarts on the same port, with or without its sessions and retained messages. Without them,
     * {@link #awaitSubscribed} waits for new subscriptions.
     */
    public void restart(boolean keepState) {
        if (!keepState) {
            journal.forgetSubscriptions();
        }
        broker.faults().restart(keepState);
    }

    /** Drops all connections and stops listening, so connecting is refused until {@link #goOnline}. Keeps the state. */
    public void goOffline() {
        broker.faults().goOffline();
    }

    /** Listens again on the same port. Does nothing if the broker is listening. */
    public void goOnline() {
        broker.faults().goOnline();
    }

    /** Closes the connections and the port, and ends the broker's thread. Idempotent. */
    @Override
    public void close() {
        broker.close();
    }

    @Override
    public String toString() {
        return "TestBroker[" + uri() + "]";
    }
}
