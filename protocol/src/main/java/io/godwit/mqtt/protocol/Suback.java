package io.godwit.mqtt.protocol;

import java.util.List;
import java.util.Objects;

/**
 * SUBACK, section 3.9: one code per topic filter, in their order.
 *
 * @param packetId 1 to 65,535
 * @param reasons granted QoS or an error each; 0x80 of 3.1.1 is {@link ReasonCode#UNSPECIFIED_ERROR}
 * @param properties of MQTT 5
 */
public record Suback(int packetId, List<ReasonCode> reasons, MqttProperties properties) implements Packet {
    public Suback {
        reasons = List.copyOf(reasons);
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.SUBACK;
    }
}
