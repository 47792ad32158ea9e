package io.godwit.mqtt.protocol;

/** PINGRESP, section 3.13: the server is there. */
public record Pingresp() implements Packet {
    @Override
    public PacketType type() {
        return PacketType.PINGRESP;
    }
}
