package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * PUBREC, section 3.5: a publish of QoS 2 has been received.
 *
 * @param packetId 1 to 65,535
 * @param reason {@link ReasonCode#SUCCESS} on 3.1 and 3.1.1
 * @param properties of MQTT 5
 */
public record Pubrec(int packetId, ReasonCode reason, MqttProperties properties) implements Packet {
    public Pubrec {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.PUBREC;
    }
}
