package io.godwit.mqtt.protocol;

import java.util.List;
import java.util.Objects;

/**
 * UNSUBACK, section 3.11.
 *
 * @param packetId 1 to 65,535
 * @param reasons one per topic filter on MQTT 5; empty on 3.1 and 3.1.1
 * @param properties of MQTT 5
 */
public record Unsuback(int packetId, List<ReasonCode> reasons, MqttProperties properties) implements Packet {
    public Unsuback {
        reasons = List.copyOf(reasons);
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.UNSUBACK;
    }
}
