package io.godwit.mqtt.broker;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One network connection as the broker sees it: what lives as long as the connection and no longer. Holds the limits
 * that the client set in CONNECT and the topic aliases of both directions.
 */
public final class BrokerLink {
    enum State {
        /** No CONNECT yet. */
        NEW,
        /** Extended authentication is under way. */
        AUTHENTICATING,
        CONNECTED,
        CLOSED
    }

    private final PacketSink sink;

    /** Set by {@link Handshake}. */
    State state = State.NEW;

    ProtocolVersion version = ProtocolVersion.V3_1_1;

    @Nullable
    Connect connect;

    @Nullable
    Session session;
    /** The client identifier in force: the client's own or the assigned one. */
    String clientId = "";

    int authStep;

    /** The settings that CONNACK announced: they hold as long as the connection. */
    @Nullable
    BrokerSettings announced;

    /** What the client allows the broker; from CONNECT. */
    int receiveMaximum = 65_535;

    private int aliasMaximum;
    private long maximumPacketSize = Long.MAX_VALUE;
    private boolean problemInformation = true;

    /** Keep-alive: nanoseconds of silence that end the connection (0: none), and when the client was last heard. */
    long silenceLimit;

    long lastReceived;
    Timers.@Nullable Timer silenceTimer;

    /** Topic aliases [MQTT-3.3.2-7]: those of the client, and those of the broker. */
    private final Map<Integer, String> aliasesIn = new HashMap<>();

    private final Map<String, Integer> aliasesOut = new HashMap<>();

    /** Identifiers of publishes from the client that have not been acknowledged on this connection. */
    final Set<Integer> unacknowledged = new LinkedHashSet<>();

    BrokerLink(PacketSink sink) {
        this.sink = sink;
    }

    /** The version that the client chose in CONNECT; 3.1.1 before that. */
    public ProtocolVersion version() {
        return version;
    }

    /** The client identifier, or an empty string before CONNECT. */
    public String clientId() {
        return clientId;
    }

    /** Whether CONNECT has been accepted and the connection is open. */
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    boolean isOpen() {
        return state != State.CLOSED;
    }

    boolean isWritable() {
        return sink.isWritable();
    }

    /** Takes over the client's limits. */
    void accept(Connect newConnect) {
        connect = newConnect;
        version = newConnect.version();
        clientId = newConnect.clientId();
        MqttProperties properties = newConnect.properties();
        receiveMaximum = properties.getOr(Property.RECEIVE_MAXIMUM, 65_535);
        aliasMaximum = properties.getOr(Property.TOPIC_ALIAS_MAXIMUM, 0);
        maximumPacketSize = properties.getOr(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
        problemInformation = properties.getOr(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
    }

    void send(Packet packet) {
        if (isOpen()) {
            sink.send(packet);
        }
    }

    /**
     * Sends a PUBLISH with the topic alias that the client allows; false when it would be larger than the client takes
     * [MQTT-3.1.2-24].
     */
    boolean publish(Message message, boolean dup, int packetId) {
        if (version != ProtocolVersion.V5) {
            Message plain = message.properties().isEmpty() ? message : message.withProperties(MqttProperties.NONE);
            send(new Publish(plain, dup, packetId, 0));
            return true;
        }
        if (maximumPacketSize != Long.MAX_VALUE
                && PacketCodec.size(new Publish(message, dup, packetId, aliasMaximum > 0 ? 1 : 0), version)
                        > maximumPacketSize) {
            return false;
        }
        if (aliasMaximum == 0) {
            send(new Publish(message, dup, packetId, 0));
            return true;
        }
        Integer known = aliasesOut.get(message.topic());
        if (known != null) {
            send(new Publish(message.withTopic(""), dup, packetId, known));
        } else if (aliasesOut.size() < aliasMaximum) {
            int alias = aliasesOut.size() + 1;
            aliasesOut.put(message.topic(), alias);
            send(new Publish(message, dup, packetId, alias));
        } else {
            send(new Publish(message, dup, packetId, 0));
        }
        return true;
    }

    /** Properties with a reason string if the client accepts it; none before MQTT 5. */
    MqttProperties reason(@Nullable String why) {
        return why == null || version != ProtocolVersion.V5 || !problemInformation
                ? MqttProperties.NONE
                : MqttProperties.of(Property.REASON_STRING, why);
    }

    /** The full topic name of a PUBLISH from the client; null when its alias is unknown. */
    @Nullable
    String resolve(Publish publish) {
        String topic = publish.message().topic();
        if (publish.topicAlias() == 0) {
            return topic;
        }
        if (topic.isEmpty()) {
            return aliasesIn.get(publish.topicAlias());
        }
        aliasesIn.put(publish.topicAlias(), topic);
        return topic;
    }

    /** Ends the connection: on MQTT 5 with a DISCONNECT that gives the reason, unless the client has not been accepted. */
    void end(@Nullable ReasonCode reason, MqttProperties properties) {
        if (!isOpen()) {
            return;
        }
        if (reason != null && version == ProtocolVersion.V5 && state == State.CONNECTED) {
            send(new Disconnect(reason, properties));
        }
        state = State.CLOSED;
        if (silenceTimer != null) {
            silenceTimer.cancel();
        }
        sink.close();
    }

    /** The connection is gone already. */
    void gone() {
        state = State.CLOSED;
        if (silenceTimer != null) {
            silenceTimer.cancel();
        }
    }

    @Override
    public String toString() {
        return "BrokerLink['" + clientId + "', MQTT " + version + ", " + state + "]";
    }
}
