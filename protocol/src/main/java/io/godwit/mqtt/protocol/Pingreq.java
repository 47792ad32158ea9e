package io.godwit.mqtt.protocol;

/** PINGREQ, section 3.12: the client asks whether the server is there. */
public record Pingreq() implements Packet {
    @Override
    public PacketType type() {
        return PacketType.PINGREQ;
    }
}
