package io.godwit.mqtt.protocol;

import java.util.List;
import java.util.Objects;

/**
 * UNSUBSCRIBE, section 3.10.
 *
 * @param packetId 1 to 65,535
 * @param filters at least one [MQTT-3.10.3-2]
 * @param properties of MQTT 5
 */
public record Unsubscribe(int packetId, List<TopicFilter> filters, MqttProperties properties) implements Packet {
    public Unsubscribe {
        filters = List.copyOf(filters);
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.UNSUBSCRIBE;
    }
}
