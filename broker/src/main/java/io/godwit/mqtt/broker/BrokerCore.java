package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT 3.1, 3.1.1 and 5 server as a plain object. Packets and the time go in through {@link #received} and similar
 * methods, packets come out at the {@link PacketSink} of each connection. It has no socket, no thread and no clock, so
 * the same calls in the same order give the same packets.
 *
 * <p>Not thread-safe. Times are nanoseconds from an origin that the caller chooses, and never go back.
 */
public final class BrokerCore {
    private final BrokerListener listener;
    private final Timers timers = new Timers();
    private final MemoryBudget memory = new MemoryBudget();
    private final Sessions sessions;
    private final Router router;
    private final Handshake handshake;
    private final Inbound inbound;
    private final Subscriptions subscriptions;
    private final Set<BrokerLink> links = new LinkedHashSet<>();

    private BrokerSettings settings;
    private RetainedMessages retained = new RetainedMessages(memory);

    public BrokerCore(BrokerSettings settings, BrokerListener listener) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.sessions = new Sessions(timers, memory, this::accept);
        this.router = new Router(this);
        this.handshake = new Handshake(this);
        this.inbound = new Inbound(this);
        this.subscriptions = new Subscriptions(this);
    }

    public BrokerSettings settings() {
        return settings;
    }

    /** Replaces the settings; a connected client keeps the limits of its CONNACK. */
    public void settings(BrokerSettings newSettings) {
        settings = newSettings;
    }

    BrokerListener listener() {
        return listener;
    }

    Sessions sessions() {
        return sessions;
    }

    RetainedMessages retained() {
        return retained;
    }

    Router router() {
        return router;
    }

    MemoryBudget memory() {
        return memory;
    }

    /** Bytes of messages that the broker keeps, as {@link BrokerLimits#bytes} counts them. */
    public long bytes() {
        return memory.used();
    }

    // --- Connections: what comes from the network.

    /** A client has opened a connection and sent nothing yet. Beyond the limit of connections it is closed at once. */
    public BrokerLink open(PacketSink sink, long now) {
        BrokerLink link = new BrokerLink(sink);
        if (links.size() >= settings.limits().connections()) {
            listener.limited("", "a connection was closed: " + links.size() + " are open");
            link.end(null, MqttProperties.NONE);
            return link;
        }
        links.add(link);
        long timeout = settings.connectTimeout().toNanos();
        if (timeout > 0) {
            link.silenceTimer = timers.at(now + timeout, later -> endUnlessConnected(link));
        }
        return link;
    }

    private void endUnlessConnected(BrokerLink link) {
        if (link.isOpen() && !link.isConnected()) {
            // Not a violation: a slow network may have held CONNECT back, section 3.1.0 of MQTT 3.1.1.
            link.end(null, MqttProperties.NONE);
            links.remove(link);
        }
    }

    /**
     * The client has sent bytes that do not make a whole packet yet.
     *
     * @param change by how much what is kept of them has grown, or shrunk
     */
    void buffered(BrokerLink link, int change, long now) {
        if (change > 0 && !memory.fits(change, settings.limits()) && link.isOpen()) {
            listener.limited(link.clientId, "the connection was closed: the broker has no memory for its packet");
            end(link, ReasonCode.QUOTA_EXCEEDED, "the broker has no memory for this packet", now);
        }
        memory.add(change);
    }

    /** A packet has arrived. Ignored when the broker has ended the connection already. */
    public void received(BrokerLink link, Packet packet, long now) {
        if (!link.isOpen()) {
            return;
        }
        link.lastReceived = now;
        Session session = link.session;
        if (link.isConnected() && session != null) {
            connected(link, session, packet, now);
        } else if (link.state == BrokerLink.State.NEW && packet instanceof Connect connect) {
            handshake.connect(link, connect, now);
        } else if (link.state == BrokerLink.State.AUTHENTICATING && packet instanceof Auth auth) {
            handshake.auth(link, auth, now);
        } else {
            violation(link, ReasonCode.PROTOCOL_ERROR, packet.type() + " came before CONNECT [MQTT-3.1.0-1]", now);
        }
        if (!link.isOpen()) {
            links.remove(link);
        }
    }

    private void connected(BrokerLink link, Session session, Packet packet, long now) {
        if (packet instanceof Publish publish) {
            inbound.publish(link, session, publish, now);
        } else if (packet instanceof Puback puback) {
            answered(session, session.outbound.acknowledged(puback.packetId()), "PUBACK", puback.packetId(), now);
        } else if (packet instanceof Pubrec pubrec) {
            pubrec(link, session, pubrec, now);
        } else if (packet instanceof Pubcomp pubcomp) {
            answered(session, session.outbound.completed(pubcomp.packetId()), "PUBCOMP", pubcomp.packetId(), now);
        } else if (packet instanceof Pubrel pubrel) {
            inbound.pubrel(link, session, pubrel);
        } else if (packet instanceof Subscribe subscribe) {
            subscriptions.subscribe(link, session, subscribe, now);
        } else if (packet instanceof Unsubscribe unsubscribe) {
            subscriptions.unsubscribe(link, session, unsubscribe);
        } else if (packet instanceof Pingreq) {
            link.send(new Pingresp());
        } else if (packet instanceof Disconnect disconnect) {
            disconnected(link, session, disconnect, now);
        } else if (packet instanceof Auth auth) {
            handshake.auth(link, auth, now);
        } else {
            String statement = packet instanceof Connect ? " [MQTT-3.1.0-2]" : "";
            violation(
                    link,
                    ReasonCode.PROTOCOL_ERROR,
                    packet.type() + " may not come from a client now" + statement,
                    now);
        }
    }

    private void pubrec(BrokerLink link, Session session, Pubrec pubrec, long now) {
        int id = pubrec.packetId();
        if (pubrec.reason().isError()) {
            answered(session, session.outbound.refused(id), "PUBREC", id, now);
            return;
        }
        boolean known = session.outbound.received(id);
        ReasonCode reason = known || link.version != ProtocolVersion.V5
                ? ReasonCode.SUCCESS
                : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
        link.send(new Pubrel(id, reason, MqttProperties.NONE));
        answered(session, known, "PUBREC", id, now);
    }

    /** An acknowledgement has arrived. Reports it if it answers nothing, and sends what may be sent now. */
    private void answered(Session session, boolean known, String packet, int id, long now) {
        if (!known) {
            listener.violation(session.clientId(), packet + " " + id + " answers nothing that is in flight");
        }
        drain(session, now);
    }

    private void disconnected(BrokerLink link, Session session, Disconnect disconnect, long now) {
        Long expiry = disconnect.properties().get(Property.SESSION_EXPIRY_INTERVAL);
        if (expiry != null && expiry > 0 && session.expirySeconds == 0) {
            violation(
                    link,
                    ReasonCode.PROTOCOL_ERROR,
                    "DISCONNECT sets a session expiry interval, CONNECT set none (MQTT 5, 3.14.2.2.2)",
                    now);
            return;
        }
        if (expiry != null) {
            session.expirySeconds = Math.min(expiry, settings.maximumSessionExpiry());
        }
        if (disconnect.reason() == ReasonCode.SUCCESS) {
            session.will(null); // [MQTT-3.14.4-3]
        }
        leave(link, "DISCONNECT from the client: " + disconnect.reason().describe(), now);
        link.end(null, MqttProperties.NONE);
    }

    /** The bytes of the client were not MQTT; {@code reason} and {@code why} come from the decoder. */
    public void failed(BrokerLink link, ReasonCode reason, String why, long now) {
        if (link.isOpen()) {
            violation(link, reason, why, now);
        }
        links.remove(link);
    }

    /** The connection is gone, without a DISCONNECT from the client. */
    public void closed(BrokerLink link, long now) {
        links.remove(link);
        if (link.isOpen()) {
            link.gone();
            leave(link, "the connection was lost", now);
        }
    }

    /** The connection takes more bytes again, after its sink was not writable. */
    public void writable(BrokerLink link, long now) {
        Session session = link.session;
        if (session != null && link.isConnected()) {
            drain(session, now);
        }
    }

    // --- Time.

    /** Does what is due: keep-alive, delayed wills, the ends of sessions. */
    public void tick(long now) {
        timers.run(now);
    }

    /** When {@link #tick} has something to do; {@link Long#MAX_VALUE} when nothing is planned. */
    public long nextDeadline() {
        return timers.next();
    }

    /** Ends the connection after 1.5 times the keep-alive without a packet [MQTT-3.1.2-22]; 0 seconds: never. */
    void watchSilence(BrokerLink link, int keepAliveSeconds, long now) {
        link.silenceLimit = keepAliveSeconds * 1_500_000_000L;
        if (link.silenceLimit > 0) {
            link.silenceTimer = timers.at(now + link.silenceLimit, later -> checkSilence(link, later));
        }
    }

    private void checkSilence(BrokerLink link, long now) {
        long limit = link.lastReceived + link.silenceLimit;
        if (!link.isConnected()) {
            return;
        }
        if (now >= limit) {
            end(link, ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing was heard for 1.5 times the keep-alive", now);
        } else {
            link.silenceTimer = timers.at(limit, later -> checkSilence(link, later));
        }
    }

    // --- What a test, or the broker's owner, does.

    /** Publishes a message of the broker's own; returns how many sessions it went to. */
    public int publish(Message message, long now) {
        return route(null, message, now);
    }

    /** Ends a client's connection, on MQTT 5 with a DISCONNECT; false when the client is not connected. */
    public boolean disconnect(String clientId, ReasonCode reason, MqttProperties properties, long now) {
        BrokerLink link = link(clientId);
        if (link == null) {
            return false;
        }
        link.end(reason, properties);
        leave(link, "the server ended it: " + reason.describe(), now);
        links.remove(link);
        return true;
    }

    /** Drops a client's connection without DISCONNECT, so its will is published. Returns false if it is not connected. */
    public boolean drop(String clientId, long now) {
        BrokerLink link = link(clientId);
        if (link == null) {
            return false;
        }
        link.end(null, MqttProperties.NONE);
        leave(link, "the connection was dropped", now);
        links.remove(link);
        return true;
    }

    /** Refuses every CONNECT from now on with this CONNACK code; 0 accepts clients again. */
    public void refuseConnects(int code) {
        handshake.refuse(code);
    }

    /** A crash and a new start: all connections are cut; sessions and retained messages are kept or lost. */
    public void restart(boolean keepState, long now) {
        BrokerSnapshot state = keepState ? snapshot() : new BrokerSnapshot(List.of(), new RetainedMessages(memory));
        restore(state, now);
    }

    /** What the broker would have on its disk now. */
    public BrokerSnapshot snapshot() {
        return new BrokerSnapshot(sessions.copies(), retained.copy(new MemoryBudget()));
    }

    /** Crashes and restarts with an older state: drops all connections without DISCONNECT. */
    public void restore(BrokerSnapshot snapshot, long now) {
        for (BrokerLink link : List.copyOf(links)) {
            boolean wasConnected = link.isConnected();
            link.end(null, MqttProperties.NONE);
            if (wasConnected) {
                listener.disconnected(link.clientId, "the broker was restarted");
            }
        }
        links.clear();
        timers.clear();
        retained.release();
        retained = snapshot.retained().copy(memory);
        sessions.restore(snapshot.sessions(), now);
    }

    /** The client identifiers that are connected now, in the order in which their sessions began. */
    public List<String> connectedClients() {
        List<String> connected = new ArrayList<>();
        for (Session session : sessions.all()) {
            if (session.link() != null) {
                connected.add(session.clientId());
            }
        }
        return connected;
    }

    public boolean isConnected(String clientId) {
        return link(clientId) != null;
    }

    /** Whether the broker has a session for the client, connected or not. */
    public boolean hasSession(String clientId) {
        return sessions.get(clientId) != null;
    }

    /** The topic filters of a client's session, in the order in which it subscribed to them. */
    public List<String> subscriptions(String clientId) {
        Session session = sessions.get(clientId);
        List<String> filters = new ArrayList<>();
        if (session != null) {
            session.subscriptions().forEach(one -> filters.add(one.filter().text()));
        }
        return filters;
    }

    /** The messages for a client that it has not acknowledged and, at QoS 2, not yet received, in order. */
    public List<Message> pending(String clientId) {
        Session session = sessions.get(clientId);
        return session == null ? List.of() : session.outbound.pending();
    }

    /** The retained message of a topic, or null. */
    public @Nullable Message retained(String topic, long now) {
        QueuedMessage message = retained.get(topic, now);
        return message == null ? null : message.sentAt(now);
    }

    private @Nullable BrokerLink link(String clientId) {
        Session session = sessions.get(clientId);
        return session == null ? null : session.link();
    }

    // --- For the other classes of this package.

    /** Takes a message of a client, or its will: reports it, retains it if it says so, and sends it to its subscribers. */
    int accept(Session from, Message message, long now) {
        return route(from, message, now);
    }

    private int route(@Nullable Session from, Message message, long now) {
        listener.published(from == null ? null : from.clientId(), message);
        QueuedMessage arrived = QueuedMessage.arrived(message, now);
        if (message.retain() && settings.retainAvailable() && !retained.keep(arrived, settings.limits())) {
            listener.limited(
                    from == null ? "" : from.clientId(),
                    "the message for '" + message.topic() + "' was not retained: the broker keeps " + retained.size()
                            + " retained messages and " + memory.used() + " bytes");
        }
        return router.route(from, arrived, now);
    }

    /** Sends a session's client what it may have now. */
    void drain(Session session, long now) {
        BrokerLink link = session.link();
        if (link != null) {
            session.outbound.drain(
                    link,
                    settings.maximumInFlight(),
                    now,
                    (message, why) -> listener.dropped(session.clientId(), message, why));
        }
    }

    /** The client violated the standard: reports it and ends the connection. */
    void violation(BrokerLink link, ReasonCode reason, String what, long now) {
        listener.violation(link.clientId, what);
        if (link.state == BrokerLink.State.NEW || link.state == BrokerLink.State.AUTHENTICATING) {
            if (reason == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION || link.connect != null) {
                handshake.refuse(link, reason, what);
            } else {
                link.end(null, MqttProperties.NONE);
            }
        } else {
            end(link, reason, what, now);
        }
    }

    /** The broker ends the connection, which counts as lost: the will is published. */
    void end(BrokerLink link, ReasonCode reason, String why, long now) {
        link.end(
                reason,
                link.version == ProtocolVersion.V5
                        ? MqttProperties.of(Property.REASON_STRING, why)
                        : MqttProperties.NONE);
        leave(link, why, now);
        links.remove(link);
    }

    private void leave(BrokerLink link, String why, long now) {
        Session session = link.session;
        if (session != null && session.link() == link) {
            listener.disconnected(link.clientId, why);
            sessions.detach(session, now);
        }
    }

    @Override
    public String toString() {
        return "BrokerCore[" + links.size() + " connections, " + sessions.all().size() + " sessions]";
    }
}
