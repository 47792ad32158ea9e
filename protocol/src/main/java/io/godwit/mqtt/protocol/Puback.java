package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * PUBACK, section 3.4: ends a publish of QoS 1.
 *
 * @param packetId 1 to 65,535
 * @param reason {@link ReasonCode#SUCCESS} on 3.1 and 3.1.1
 * @param properties of MQTT 5
 */
public record Puback(int packetId, ReasonCode reason, MqttProperties properties) implements Packet {
    public Puback {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.PUBACK;
    }
}
