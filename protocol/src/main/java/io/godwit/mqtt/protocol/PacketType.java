package io.godwit.mqtt.protocol;

/** The control packet types, section 2.1.2, with the number that stands in the high half of a packet's first byte. */
public enum PacketType {
    CONNECT,
    CONNACK,
    PUBLISH,
    PUBACK,
    PUBREC,
    PUBREL,
    PUBCOMP,
    SUBSCRIBE,
    SUBACK,
    UNSUBSCRIBE,
    UNSUBACK,
    PINGREQ,
    PINGRESP,
    DISCONNECT,
    /** MQTT 5 only. */
    AUTH;

    private static final PacketType[] TYPES = values();

    /** 1 to 15. */
    public int code() {
        return ordinal() + 1;
    }

    /** The four flag bits that the standard prescribes for all but PUBLISH, section 2.1.3. */
    public int flags() {
        return this == PUBREL || this == SUBSCRIBE || this == UNSUBSCRIBE ? 2 : 0;
    }

    /** The first byte of a packet of this type (of a PUBLISH: QoS 0, no flags). */
    public int firstByte() {
        return code() << 4 | flags();
    }

    /**
     * The type with this number.
     *
     * @throws IllegalArgumentException unless 1 to 15
     */
    public static PacketType of(int code) {
        if (code < 1 || code > 15) {
            throw new IllegalArgumentException("packet type " + code + " is reserved: types are 1 to 15");
        }
        return TYPES[code - 1];
    }
}
