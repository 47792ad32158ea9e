package io.godwit.spring;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

/** The properties of one client. What is not set has the default of {@link io.godwit.mqtt.client.MqttClientBuilder}. */
public class ClientProperties {
    /** Addresses, tried in order, such as mqtts://broker.example.com. */
    private List<String> servers = new ArrayList<>();

    /** Protocol version: V3_1, V3_1_1 or V5. */
    private ProtocolVersion protocol = ProtocolVersion.V5;

    /** Client identifier; a random one if not set. */
    private @Nullable String clientId;

    /** User name. */
    private @Nullable String username;

    /** Password. */
    private @Nullable String password;

    /** Whether each connection starts a new session; true unless a store is set. */
    private @Nullable Boolean cleanSession;

    /** How long the broker keeps the session after a connection has ended; MQTT 5. */
    private @Nullable Duration sessionExpiry;

    /** Longest time without a packet before a ping is sent; 60 seconds by default. */
    private @Nullable Duration keepAlive;

    /** Time limit for connecting to one address; 10 seconds by default. */
    private @Nullable Duration connectTimeout;

    /** Time limit of blocking calls; 30 seconds by default. */
    private @Nullable Duration callTimeout;

    /** How long publishes in flight may take when the application stops; 5 seconds by default. */
    private @Nullable Duration closeTimeout;

    /** First delay before reconnecting; 1 second by default. */
    private @Nullable Duration reconnectDelay;

    /** Longest delay before reconnecting; 2 minutes by default. */
    private @Nullable Duration reconnectMaximumDelay;

    /** How many publishes of QoS 1 and 2 may be in flight; 1,024 by default. */
    private @Nullable Integer maximumInFlight;

    /** How many messages the broker may leave unacknowledged; MQTT 5. */
    private @Nullable Integer receiveMaximum;

    /** Folder in which the session is kept. Needs godwit-store and a client identifier. */
    private @Nullable String store;

    /** SSL bundle for mqtts and wss servers. Used from the next connection on when it is reloaded. */
    private @Nullable String sslBundle;

    @NestedConfigurationProperty
    private final Will will = new Will();

    @NestedConfigurationProperty
    private final Queue queue = new Queue();

    public List<String> getServers() {
        return servers;
    }

    public void setServers(List<String> servers) {
        this.servers = servers;
    }

    public ProtocolVersion getProtocol() {
        return protocol;
    }

    public void setProtocol(ProtocolVersion protocol) {
        this.protocol = protocol;
    }

    public @Nullable String getClientId() {
        return clientId;
    }

    public void setClientId(@Nullable String clientId) {
        this.clientId = clientId;
    }

    public @Nullable String getUsername() {
        return username;
    }

    public void setUsername(@Nullable String username) {
        this.username = username;
    }

    public @Nullable String getPassword() {
        return password;
    }

    public void setPassword(@Nullable String password) {
        this.password = password;
    }

    public @Nullable Boolean getCleanSession() {
        return cleanSession;
    }

    public void setCleanSession(@Nullable Boolean cleanSession) {
        this.cleanSession = cleanSession;
    }

    public @Nullable Duration getSessionExpiry() {
        return sessionExpiry;
    }

    public void setSessionExpiry(@Nullable Duration sessionExpiry) {
        this.sessionExpiry = sessionExpiry;
    }

    public @Nullable Duration getKeepAlive() {
        return keepAlive;
    }

    public void setKeepAlive(@Nullable Duration keepAlive) {
        this.keepAlive = keepAlive;
    }

    public @Nullable Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(@Nullable Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public @Nullable Duration getCallTimeout() {
        return callTimeout;
    }

    public void setCallTimeout(@Nullable Duration callTimeout) {
        this.callTimeout = callTimeout;
    }

    public @Nullable Duration getCloseTimeout() {
        return closeTimeout;
    }

    public void setCloseTimeout(@Nullable Duration closeTimeout) {
        this.closeTimeout = closeTimeout;
    }

    public @Nullable Duration getReconnectDelay() {
        return reconnectDelay;
    }

    public void setReconnectDelay(@Nullable Duration reconnectDelay) {
        this.reconnectDelay = reconnectDelay;
    }

    public @Nullable Duration getReconnectMaximumDelay() {
        return reconnectMaximumDelay;
    }

    public void setReconnectMaximumDelay(@Nullable Duration reconnectMaximumDelay) {
        this.reconnectMaximumDelay = reconnectMaximumDelay;
    }

    public @Nullable Integer getMaximumInFlight() {
        return maximumInFlight;
    }

    public void setMaximumInFlight(@Nullable Integer maximumInFlight) {
        this.maximumInFlight = maximumInFlight;
    }

    public @Nullable Integer getReceiveMaximum() {
        return receiveMaximum;
    }

    public void setReceiveMaximum(@Nullable Integer receiveMaximum) {
        this.receiveMaximum = receiveMaximum;
    }

    public @Nullable String getStore() {
        return store;
    }

    public void setStore(@Nullable String store) {
        this.store = store;
    }

    public @Nullable String getSslBundle() {
        return sslBundle;
    }

    public void setSslBundle(@Nullable String sslBundle) {
        this.sslBundle = sslBundle;
    }

    public Will getWill() {
        return will;
    }

    public Queue getQueue() {
        return queue;
    }

    /** The message that the broker publishes if the client ends without DISCONNECT. */
    public static class Will {
        /** Topic; no will if not set. */
        private @Nullable String topic;

        /** Payload, as UTF-8. */
        private String payload = "";

        /** QoS; 1 by default. */
        private @Nullable Qos qos;

        /** Whether the broker keeps it for later subscribers. */
        private boolean retain;

        public @Nullable String getTopic() {
            return topic;
        }

        public void setTopic(@Nullable String topic) {
            this.topic = topic;
        }

        public String getPayload() {
            return payload;
        }

        public void setPayload(String payload) {
            this.payload = payload;
        }

        public @Nullable Qos getQos() {
            return qos;
        }

        public void setQos(@Nullable Qos qos) {
            this.qos = qos;
        }

        public boolean isRetain() {
            return retain;
        }

        public void setRetain(boolean retain) {
            this.retain = retain;
        }
    }

    /** The publishes that wait for the connection. */
    public static class Queue {
        /** How many may wait; 65,536 by default. */
        private @Nullable Integer messages;

        /** How many bytes may wait; 64 MB by default, but at most an eighth of the heap. */
        private @Nullable DataSize size;

        /** What gives way when the queue is full; new publishes fail by default. */
        private QueueBounds.@Nullable WhenFull whenFull;

        public @Nullable Integer getMessages() {
            return messages;
        }

        public void setMessages(@Nullable Integer messages) {
            this.messages = messages;
        }

        public @Nullable DataSize getSize() {
            return size;
        }

        public void setSize(@Nullable DataSize size) {
            this.size = size;
        }

        public QueueBounds.@Nullable WhenFull getWhenFull() {
            return whenFull;
        }

        public void setWhenFull(QueueBounds.@Nullable WhenFull whenFull) {
            this.whenFull = whenFull;
        }
    }
}
