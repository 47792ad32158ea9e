package io.godwit.mqtt.protocol;

/** A control packet of MQTT, section 2. Packets are values: what the codec reads and writes, and what tests compare. */
public sealed interface Packet
        permits Connect,
                Connack,
                Publish,
                Puback,
                Pubrec,
                Pubrel,
                Pubcomp,
                Subscribe,
                Suback,
                Unsubscribe,
                Unsuback,
                Pingreq,
                Pingresp,
                Disconnect,
                Auth {
    /** Which of the fifteen it is. */
    PacketType type();
}
