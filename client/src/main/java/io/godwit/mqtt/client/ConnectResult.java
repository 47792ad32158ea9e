package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the broker said when it accepted the connection.
 *
 * @param sessionPresent whether the broker goes on with a session that it had kept
 * @param clientId the client identifier, the one that the broker assigned if it did
 * @param keepAlive the keep alive in force; zero: off
 * @param server the server address that answered, without credentials
 * @param properties of CONNACK on MQTT 5, with the broker's limits
 */
public record ConnectResult(
        boolean sessionPresent, String clientId, Duration keepAlive, String server, MqttProperties properties) {
    /** The basis for response topics that the broker offers, or null. */
    public @Nullable String responseInformation() {
        return properties.get(Property.RESPONSE_INFORMATION);
    }
}
