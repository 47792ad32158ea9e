package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * PUBLISH, section 3.3: a message on its way.
 *
 * @param message the message; its topic is empty when only {@code topicAlias} names it
 * @param dup whether this may be a repetition; never at QoS 0 [MQTT-3.3.1-2]
 * @param packetId 1 to 65,535 at QoS 1 and 2, 0 at QoS 0
 * @param topicAlias 1 to 65,535, or 0 for none; MQTT 5 only
 */
public record Publish(Message message, boolean dup, int packetId, int topicAlias) implements Packet {
    public Publish {
        Objects.requireNonNull(message, "message");
    }

    @Override
    public PacketType type() {
        return PacketType.PUBLISH;
    }
}
