package io.godwit.mqtt.protocol;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CONNACK, section 3.2: the server's answer to CONNECT.
 *
 * @param sessionPresent whether the server has kept a session; never on 3.1
 * @param code the byte as it came: a return code on 3.1 and 3.1.1 (0 to 255), a reason code on 5
 * @param properties of MQTT 5
 */
public record Connack(boolean sessionPresent, int code, MqttProperties properties) implements Packet {
    public Connack {
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.CONNACK;
    }

    /** The code in the words of MQTT 5; null for a return code that 3.1.1 does not name. */
    public @Nullable ReasonCode reason(ProtocolVersion version) {
        return version == ProtocolVersion.V5 ? ReasonCode.of(code) : ReasonCode.ofReturnCode(code);
    }
}
