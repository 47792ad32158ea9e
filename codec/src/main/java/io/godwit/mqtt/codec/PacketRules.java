package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ReasonCode;

/** Rules that several types of packets share. */
final class PacketRules {
    private PacketRules() {}

    /** Rejects a body where the standard has none: PINGREQ, PINGRESP, DISCONNECT of 3.1.1. */
    static void checkEmpty(PacketType type, int length) {
        if (length != 0) {
            throw new ProtocolViolationException(
                    type,
                    ReasonCode.MALFORMED_PACKET,
                    1,
                    "(section 2.1.4)",
                    "the remaining length is " + length + "; the packet has no body");
        }
    }

    /** The packet identifier of a packet to be written, checked [MQTT-2.2.1-3]. */
    static int checkPacketId(PacketType type, int packetId) {
        if (packetId < 1 || packetId > 0xFFFF) {
            throw new IllegalArgumentException(
                    "the packet identifier " + packetId + " of " + type + " must be 1 to 65,535 [MQTT-2.2.1-3]");
        }
        return packetId;
    }
}
