package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * AUTH, section 3.15: a step of extended authentication; MQTT 5 only.
 *
 * @param reason success, continue authentication, or re-authenticate
 * @param properties of MQTT 5
 */
public record Auth(ReasonCode reason, MqttProperties properties) implements Packet {
    public Auth {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.AUTH;
    }
}
