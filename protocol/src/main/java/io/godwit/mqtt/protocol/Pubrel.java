package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * PUBREL, section 3.6: the sender releases a publish of QoS 2.
 *
 * @param packetId 1 to 65,535
 * @param reason {@link ReasonCode#SUCCESS} on 3.1 and 3.1.1
 * @param properties of MQTT 5
 */
public record Pubrel(int packetId, ReasonCode reason, MqttProperties properties) implements Packet {
    public Pubrel {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.PUBREL;
    }
}
