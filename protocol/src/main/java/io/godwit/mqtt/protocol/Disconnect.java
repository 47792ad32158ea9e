package io.godwit.mqtt.protocol;

import java.util.Objects;

/**
 * DISCONNECT, section 3.14: the last packet of a connection; from a server only on MQTT 5.
 *
 * @param reason {@link ReasonCode#SUCCESS} on 3.1 and 3.1.1: normal disconnection
 * @param properties of MQTT 5
 */
public record Disconnect(ReasonCode reason, MqttProperties properties) implements Packet {
    public Disconnect {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(properties, "properties");
    }

    @Override
    public PacketType type() {
        return PacketType.DISCONNECT;
    }
}
