package io.godwit.mqtt.protocol;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT, section 3.1: the first packet of a client.
 *
 * @param version which standard the connection speaks
 * @param clientId the client identifier; may be empty on 3.1.1 and 5, where the server then chooses one
 * @param cleanStart clean start of MQTT 5, clean session of 3.1 and 3.1.1
 * @param keepAlive seconds, 0 (off) to 65,535
 * @param will the will message, or null; its properties may hold {@link Property#WILL_DELAY_INTERVAL}
 * @param username the user name, or null
 * @param password the password, or null; on 3.1 and 3.1.1 only with a user name [MQTT-3.1.2-22]
 * @param properties of MQTT 5
 */
public record Connect(
        ProtocolVersion version,
        String clientId,
        boolean cleanStart,
        int keepAlive,
        @Nullable Message will,
        @Nullable String username,
        byte @Nullable [] password,
        MqttProperties properties)
        implements Packet {
    public Connect {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.CONNECT;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Connect that
                && version == that.version
                && clientId.equals(that.clientId)
                && cleanStart == that.cleanStart
                && keepAlive == that.keepAlive
                && Objects.equals(will, that.will)
                && Objects.equals(username, that.username)
                && Arrays.equals(password, that.password)
                && properties.equals(that.properties);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, clientId, cleanStart, keepAlive, will, username, properties);
    }

    /** Everything but the password. */
    @Override
    public String toString() {
        return "Connect[" + version + ", client '" + clientId + "', cleanStart=" + cleanStart + ", keepAlive="
                + keepAlive
                + (will == null ? "" : ", will=" + will)
                + (username == null ? "" : ", username=" + username)
                + (password == null ? "" : ", password=***")
                + (properties.isEmpty() ? "" : ", " + properties) + "]";
    }
}
