package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From CONNECT to CONNACK: checks what the client asks for, runs extended authentication, takes the session over from an
 * older connection, and announces the broker's limits. Also re-authentication, which uses the same AUTH packets.
 */
final class Handshake {
    private static final int LONGEST_ID_OF_3_1 = 23;

    private final BrokerCore core;
    private int assigned;
    private int refusal;

    Handshake(BrokerCore core) {
        this.core = core;
    }

    /** Answers every CONNECT from now on with this code; 0 accepts clients again. */
    void refuse(int code) {
        refusal = code;
    }

    void connect(BrokerLink link, Connect connect, long now) {
        link.accept(connect);
        link.lastReceived = now;
        ProtocolVersion version = connect.version();
        if (refusal != 0) {
            refuse(link, refusal, MqttProperties.NONE);
            return;
        }
        if (!core.settings().versions().contains(version)) {
            refuse(
                    link,
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                    "MQTT " + version + " is not supported by this broker");
            return;
        }
        String id = connect.clientId();
        String fault = nameFault(connect);
        if (fault != null) {
            refuse(link, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, fault);
            return;
        }
        if (version == ProtocolVersion.V3_1 && (id.isEmpty() || id.length() > LONGEST_ID_OF_3_1)) {
            refuse(link, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, null);
            return;
        }
        if (id.isEmpty()) {
            if (version == ProtocolVersion.V3_1_1 && !connect.cleanStart()) {
                refuse(link, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, null); // [MQTT-3.1.3-8]
                return;
            }
            do {
                link.clientId = "assigned-" + ++assigned;
            } while (core.sessions().get(link.clientId) != null);
        }
        ReasonCode decision = checkWill(connect);
        if (!decision.isError()) {
            decision = core.settings().policy().connect(connect);
        }
        if (decision.isError()) {
            refuse(link, decision, null);
            return;
        }
        String method = connect.properties().get(Property.AUTHENTICATION_METHOD);
        if (method == null) {
            establish(link, connect, null, now);
        } else {
            link.state = BrokerLink.State.AUTHENTICATING;
            authenticate(link, connect.properties().get(Property.AUTHENTICATION_DATA), now);
        }
    }

    private @Nullable String nameFault(Connect connect) {
        String fault = NameRules.faultOfText("client identifier", connect.clientId(), core.settings());
        String username = connect.username();
        return fault != null || username == null
                ? fault
                : NameRules.faultOfText("user name", username, core.settings());
    }

    private ReasonCode checkWill(Connect connect) {
        Message will = connect.will();
        if (will == null) {
            return ReasonCode.SUCCESS;
        }
        if (TopicName.fault(will.topic()) != null
                || NameRules.faultOfTopic("will topic", will.topic(), core.settings()) != null) {
            return ReasonCode.TOPIC_NAME_INVALID;
        }
        if (will.qos().compareTo(core.settings().maximumQos()) > 0) {
            return ReasonCode.QOS_NOT_SUPPORTED;
        }
        return will.retain() && !core.settings().retainAvailable()
                ? ReasonCode.RETAIN_NOT_SUPPORTED
                : ReasonCode.SUCCESS;
    }

    /** An AUTH of the client: the next step of an authentication, or the beginning of a re-authentication. */
    void auth(BrokerLink link, Auth auth, long now) {
        Connect connect = Objects.requireNonNull(link.connect);
        String method = connect.properties().get(Property.AUTHENTICATION_METHOD);
        String named = auth.properties().get(Property.AUTHENTICATION_METHOD);
        if (method == null || !method.equals(named)) {
            core.violation(
                    link,
                    ReasonCode.PROTOCOL_ERROR,
                    "AUTH names the method '" + named + "', CONNECT named '" + method + "' [MQTT-4.12.1-1]",
                    now);
            return;
        }
        boolean again = auth.reason() == ReasonCode.RE_AUTHENTICATE;
        if (again ? !link.isConnected() : auth.reason() != ReasonCode.CONTINUE_AUTHENTICATION) {
            core.violation(
                    link,
                    ReasonCode.PROTOCOL_ERROR,
                    "AUTH with " + auth.reason().describe() + " has no place here [MQTT-4.12.0-1]",
                    now);
            return;
        }
        if (again) {
            link.authStep = 0;
        }
        authenticate(link, auth.properties().get(Property.AUTHENTICATION_DATA), now);
    }

    private void authenticate(BrokerLink link, byte @Nullable [] data, long now) {
        Connect connect = Objects.requireNonNull(link.connect);
        String method = Objects.requireNonNull(connect.properties().get(Property.AUTHENTICATION_METHOD));
        AuthStep step = core.settings().policy().authenticate(connect.clientId(), method, data, link.authStep++);
        MqttProperties named = MqttProperties.of(Property.AUTHENTICATION_METHOD, method);
        if (step instanceof AuthStep.Continue more) {
            link.send(
                    new Auth(ReasonCode.CONTINUE_AUTHENTICATION, named.and(Property.AUTHENTICATION_DATA, more.data())));
        } else if (step instanceof AuthStep.Refuse refused) {
            if (link.isConnected()) {
                core.end(link, refused.reason(), "re-authentication was refused", now);
            } else {
                refuse(link, refused.reason(), null);
            }
        } else if (step instanceof AuthStep.Accept accepted) {
            MqttProperties last = named.with(Property.AUTHENTICATION_DATA, accepted.data());
            if (link.isConnected()) {
                link.send(new Auth(ReasonCode.SUCCESS, last));
            } else {
                establish(link, connect, last, now);
            }
        }
    }

    private void establish(BrokerLink link, Connect connect, @Nullable MqttProperties auth, long now) {
        Sessions sessions = core.sessions();
        Session session = sessions.get(link.clientId);
        BrokerLink older = session == null ? null : session.link();
        if (session != null && older != null) {
            core.end(older, ReasonCode.SESSION_TAKEN_OVER, "the client connected again", now); // [MQTT-3.1.4-3]
            session = sessions.get(link.clientId);
        }
        if (session != null && connect.cleanStart()) {
            sessions.end(session, now);
            session = null;
        }
        String limit = session == null ? limitReached(connect) : null;
        if (limit != null) {
            core.listener().limited(link.clientId, "the connection was refused: " + limit);
            refuse(link, ReasonCode.QUOTA_EXCEEDED, limit);
            return;
        }
        boolean present = session != null;
        Session current = session == null ? sessions.create(link.clientId) : session;
        sessions.attach(current, link);
        current.expirySeconds = expiry(connect);
        current.will(connect.will());
        current.willDelaySeconds =
                connect.will() == null ? 0 : connect.will().properties().getOr(Property.WILL_DELAY_INTERVAL, 0L);
        link.state = BrokerLink.State.CONNECTED;
        link.announced = core.settings();
        link.authStep = 0;
        core.watchSilence(link, keepAlive(connect), now);
        core.listener().connected(link.clientId, connect, present);
        boolean reported = present && link.version != ProtocolVersion.V3_1;
        link.send(new Connack(reported, 0, limits(link, connect, current, auth)));
        current.outbound.resume(link);
        core.drain(current, now);
    }

    private @Nullable String limitReached(Connect connect) {
        BrokerLimits limits = core.settings().limits();
        int sessions = core.sessions().all().size();
        if (sessions >= limits.sessions()) {
            return "the broker has " + sessions + " sessions, its limit";
        }
        return core.memory().fits(MemoryBudget.size(connect.will()), limits) ? null : "the broker has no memory left";
    }

    private long expiry(Connect connect) {
        if (connect.version() != ProtocolVersion.V5) {
            return connect.cleanStart() ? 0 : Session.FOR_EVER;
        }
        return Math.min(
                connect.properties().getOr(Property.SESSION_EXPIRY_INTERVAL, 0L),
                core.settings().maximumSessionExpiry());
    }

    private int keepAlive(Connect connect) {
        int imposed = core.settings().serverKeepAlive();
        return imposed >= 0 && connect.version() == ProtocolVersion.V5 ? imposed : connect.keepAlive();
    }

    /** The properties of the CONNACK: only what differs from the standard's defaults. */
    private MqttProperties limits(BrokerLink link, Connect connect, Session session, @Nullable MqttProperties auth) {
        if (link.version != ProtocolVersion.V5) {
            return MqttProperties.NONE;
        }
        BrokerSettings settings = core.settings();
        MqttProperties limits = auth == null ? MqttProperties.NONE : auth;
        if (session.expirySeconds != connect.properties().getOr(Property.SESSION_EXPIRY_INTERVAL, 0L)) {
            limits = limits.and(Property.SESSION_EXPIRY_INTERVAL, session.expirySeconds);
        }
        if (settings.receiveMaximum() < 65_535) {
            limits = limits.and(Property.RECEIVE_MAXIMUM, settings.receiveMaximum());
        }
        if (settings.maximumQos() != Qos.EXACTLY_ONCE) {
            limits = limits.and(Property.MAXIMUM_QOS, settings.maximumQos().level());
        }
        if (!settings.retainAvailable()) {
            limits = limits.and(Property.RETAIN_AVAILABLE, 0);
        }
        if (settings.maximumPacketSize() < 268_435_460) {
            limits = limits.and(Property.MAXIMUM_PACKET_SIZE, (long) settings.maximumPacketSize());
        }
        if (!link.clientId.equals(connect.clientId())) {
            limits = limits.and(Property.ASSIGNED_CLIENT_IDENTIFIER, link.clientId);
        }
        if (settings.topicAliasMaximum() > 0) {
            limits = limits.and(Property.TOPIC_ALIAS_MAXIMUM, settings.topicAliasMaximum());
        }
        if (!settings.wildcardsAvailable()) {
            limits = limits.and(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0);
        }
        if (!settings.subscriptionIdentifiersAvailable()) {
            limits = limits.and(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
        }
        if (!settings.sharedAvailable()) {
            limits = limits.and(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0);
        }
        if (settings.serverKeepAlive() >= 0) {
            limits = limits.and(Property.SERVER_KEEP_ALIVE, settings.serverKeepAlive());
        }
        String information = settings.responseInformation();
        if (information != null && connect.properties().getOr(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1) {
            limits = limits.and(Property.RESPONSE_INFORMATION, information);
        }
        return limits;
    }

    /** Answers CONNECT with the error code of the client's version, and closes the connection. */
    void refuse(BrokerLink link, ReasonCode reason, @Nullable String why) {
        refuse(link, link.version == ProtocolVersion.V5 ? reason.code() : returnCode(reason), link.reason(why));
    }

    private void refuse(BrokerLink link, int code, MqttProperties properties) {
        link.send(new Connack(false, code, properties));
        link.end(null, MqttProperties.NONE);
    }

    private static int returnCode(ReasonCode reason) {
        return switch (reason) {
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case BAD_USER_NAME_OR_PASSWORD -> 4;
            case NOT_AUTHORIZED, BANNED, BAD_AUTHENTICATION_METHOD -> 5;
            default -> 3;
        };
    }
}
