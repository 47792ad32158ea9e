package io.godwit.mqtt.protocol;

import org.jspecify.annotations.Nullable;

/** A version of MQTT, with the protocol name and level that a CONNECT packet carries. */
public enum ProtocolVersion {
    /** MQTT 3.1: client identifiers of 1 to 23 characters, and no way for a broker to refuse a subscription. */
    V3_1("MQIsdp", 3),
    /** MQTT 3.1.1 (OASIS 2014, ISO/IEC 20922). */
    V3_1_1("MQTT", 4),
    /** MQTT 5.0 (OASIS 2019): properties, reason codes, flow control. */
    V5("MQTT", 5);

    private final String protocolName;
    private final int level;

    ProtocolVersion(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    /** The protocol name in the variable header of CONNECT, {@code [MQTT-3.1.2-1]}. */
    public String protocolName() {
        return protocolName;
    }

    /** The protocol level (3.1, 3.1.1) or protocol version (5.0) byte of CONNECT. */
    public int level() {
        return level;
    }

    /** The version that this name and level stand for, or null when there is none. */
    public static @Nullable ProtocolVersion of(String protocolName, int level) {
        for (ProtocolVersion version : values()) {
            if (version.level == level && version.protocolName.equals(protocolName)) {
                return version;
            }
        }
        return null;
    }

    /** The number people know it by: 3.1, 3.1.1 or 5. */
    @Override
    public String toString() {
        return switch (this) {
            case V3_1 -> "3.1";
            case V3_1_1 -> "3.1.1";
            case V5 -> "5";
        };
    }
}
