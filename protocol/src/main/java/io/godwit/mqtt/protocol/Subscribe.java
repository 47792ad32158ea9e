package io.godwit.mqtt.protocol;

import java.util.List;
import java.util.Objects;

/**
 * SUBSCRIBE, section 3.8.
 *
 * @param packetId 1 to 65,535
 * @param subscriptions at least one [MQTT-3.8.3-2]
 * @param properties of MQTT 5
 */
public record Subscribe(int packetId, List<TopicSubscription> subscriptions, MqttProperties properties)
        implements Packet {
    public Subscribe {
        subscriptions = List.copyOf(subscriptions);
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.SUBSCRIBE;
    }
}
