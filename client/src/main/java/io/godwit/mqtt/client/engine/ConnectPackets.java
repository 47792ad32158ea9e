package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates the CONNECT packet of an attempt, for the server that answered: credentials belong to addresses. Checks CONNECT and
 * DISCONNECT before they are needed.
 */
public final class ConnectPackets {
    /** With what a client may disconnect, section 3.14.2.1. */
    private static final Set<ReasonCode> REASONS = EnumSet.of(
            ReasonCode.SUCCESS,
            ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.MALFORMED_PACKET,
            ReasonCode.PROTOCOL_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
            ReasonCode.TOPIC_ALIAS_INVALID,
            ReasonCode.PACKET_TOO_LARGE,
            ReasonCode.MESSAGE_RATE_TOO_HIGH,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.ADMINISTRATIVE_ACTION,
            ReasonCode.PAYLOAD_FORMAT_INVALID);

    private ConnectPackets() {}

    /**
     * The CONNECT packet for each server that may answer.
     *
     * @param clientId the configured identifier, or the one that the broker has assigned
     * @param credentials for servers whose address contains none
     * @param authData the first data of the authenticator
     */
    static Function<ServerAddress, Connect> forServers(
            ClientConfig.Login login, String clientId, @Nullable Credentials credentials, byte @Nullable [] authData) {
        MqttProperties properties = login.properties();
        Authenticator authenticator = login.authenticator();
        if (authenticator != null) {
            properties = properties
                    .with(Property.AUTHENTICATION_METHOD, authenticator.method())
                    .with(Property.AUTHENTICATION_DATA, authData);
        }
        MqttProperties all = properties;
        return server -> packet(login, clientId, server.user() == null ? credentials : inAddress(server), all);
    }

    private static Credentials inAddress(ServerAddress server) {
        String password = server.password();
        return Credentials.of(
                String.valueOf(server.user()), password == null ? null : password.getBytes(StandardCharsets.UTF_8));
    }

    @SuppressWarnings("NullAway") // nullable arrays of a record are not understood
    private static Connect packet(
            ClientConfig.Login login, String clientId, @Nullable Credentials credentials, MqttProperties properties) {
        return new Connect(
                login.version(),
                clientId,
                login.cleanSession(),
                (int) login.keepAlive().toSeconds(),
                login.will(),
                credentials == null ? null : credentials.username(),
                credentials == null ? null : credentials.password(),
                properties);
    }

    /**
     * Checks that a CONNECT packet can be written with these settings.
     *
     * @throws IllegalArgumentException if a field or property is too long for the packet
     */
    public static void check(ClientConfig.Login login) {
        check(packet(login, login.clientId(), null, login.properties()), login.version());
    }

    /**
     * Checks that a DISCONNECT packet can be written, and a client may send it.
     *
     * @throws IllegalArgumentException if only servers may send its reason, or it has a property that DISCONNECT doesn't have or
     *     that is too long
     */
    static void check(Disconnect packet, ProtocolVersion version) {
        if (!REASONS.contains(packet.reason())) {
            throw new IllegalArgumentException("a client's DISCONNECT cannot have the reason "
                    + packet.reason().describe() + ": must be one of " + REASONS + " (MQTT 5, section 3.14.2.1)");
        }
        packet.properties().forEach((property, value) -> {
            if (!property.allowedIn(Property.Location.DISCONNECT) || property == Property.SERVER_REFERENCE) {
                throw new IllegalArgumentException(
                        "a client's DISCONNECT has no property " + property.name() + " (MQTT 5, section 3.14.2.2)");
            }
        });
        check((Packet) packet, version);
    }

    private static void check(Packet packet, ProtocolVersion version) {
        ByteBuf scratch = Unpooled.buffer(256);
        try {
            PacketCodec.write(packet, version, scratch);
        } catch (IllegalArgumentException tooLong) {
            throw new IllegalArgumentException(packet.type() + " cannot be written: " + tooLong.getMessage(), tooLong);
        } finally {
            scratch.release();
        }
    }
}
