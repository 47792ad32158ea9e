package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * PUBCOMP, section 3.7: ends a publish of QoS 2.
 *
 * @param packetId 1 to 65,535
 * @param reason {@link ReasonCode#SUCCESS} on 3.1 and 3.1.1
 * @param properties of MQTT 5
 */
public record Pubcomp(int packetId, ReasonCode reason, MqttProperties properties) implements Packet {
    public Pubcomp {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.PUBCOMP;
    }
}
