package io.godwit.mqtt.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A reason code of MQTT 5, section 2.4. Codes below 0x80 are success. What 3.1 and 3.1.1 say in their own numbers
 * (return codes of CONNACK, 0x80 of SUBACK) is mapped to these, so that one vocabulary serves all versions.
 */
public enum ReasonCode {
    /** 0x00; also: normal disconnection, granted QoS 0. */
    SUCCESS(0x00),
    /** 0x01. */
    GRANTED_QOS_1(0x01),
    /** 0x02. */
    GRANTED_QOS_2(0x02),
    /** 0x04. */
    DISCONNECT_WITH_WILL_MESSAGE(0x04),
    /** 0x10. */
    NO_MATCHING_SUBSCRIBERS(0x10),
    /** 0x11. */
    NO_SUBSCRIPTION_EXISTED(0x11),
    /** 0x18. */
    CONTINUE_AUTHENTICATION(0x18),
    /** 0x19. */
    RE_AUTHENTICATE(0x19),
    /** 0x80. */
    UNSPECIFIED_ERROR(0x80),
    /** 0x81. */
    MALFORMED_PACKET(0x81),
    /** 0x82. */
    PROTOCOL_ERROR(0x82),
    /** 0x83. */
    IMPLEMENTATION_SPECIFIC_ERROR(0x83),
    /** 0x84. */
    UNSUPPORTED_PROTOCOL_VERSION(0x84),
    /** 0x85. */
    CLIENT_IDENTIFIER_NOT_VALID(0x85),
    /** 0x86. */
    BAD_USER_NAME_OR_PASSWORD(0x86),
    /** 0x87. */
    NOT_AUTHORIZED(0x87),
    /** 0x88. */
    SERVER_UNAVAILABLE(0x88),
    /** 0x89. */
    SERVER_BUSY(0x89),
    /** 0x8A. */
    BANNED(0x8A),
    /** 0x8B. */
    SERVER_SHUTTING_DOWN(0x8B),
    /** 0x8C. */
    BAD_AUTHENTICATION_METHOD(0x8C),
    /** 0x8D. */
    KEEP_ALIVE_TIMEOUT(0x8D),
    /** 0x8E. */
    SESSION_TAKEN_OVER(0x8E),
    /** 0x8F. */
    TOPIC_FILTER_INVALID(0x8F),
    /** 0x90. */
    TOPIC_NAME_INVALID(0x90),
    /** 0x91. */
    PACKET_IDENTIFIER_IN_USE(0x91),
    /** 0x92. */
    PACKET_IDENTIFIER_NOT_FOUND(0x92),
    /** 0x93. */
    RECEIVE_MAXIMUM_EXCEEDED(0x93),
    /** 0x94. */
    TOPIC_ALIAS_INVALID(0x94),
    /** 0x95. */
    PACKET_TOO_LARGE(0x95),
    /** 0x96. */
    MESSAGE_RATE_TOO_HIGH(0x96),
    /** 0x97. */
    QUOTA_EXCEEDED(0x97),
    /** 0x98. */
    ADMINISTRATIVE_ACTION(0x98),
    /** 0x99. */
    PAYLOAD_FORMAT_INVALID(0x99),
    /** 0x9A. */
    RETAIN_NOT_SUPPORTED(0x9A),
    /** 0x9B. */
    QOS_NOT_SUPPORTED(0x9B),
    /** 0x9C. */
    USE_ANOTHER_SERVER(0x9C),
    /** 0x9D. */
    SERVER_MOVED(0x9D),
    /** 0x9E. */
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E),
    /** 0x9F. */
    CONNECTION_RATE_EXCEEDED(0x9F),
    /** 0xA0. */
    MAXIMUM_CONNECT_TIME(0xA0),
    /** 0xA1. */
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1),
    /** 0xA2. */
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2);

    private static final @Nullable ReasonCode[] BY_CODE = new ReasonCode[256];

    static {
        for (ReasonCode reason : values()) {
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;

    ReasonCode(int code) {
        this.code = code;
    }

    /** The byte on the wire, 0 to 255. */
    public int code() {
        return code;
    }

    /** Whether the code is 0x80 or above. */
    public boolean isError() {
        return code >= 0x80;
    }

    /** The reason with this code, or null when the standard names none. */
    public static @Nullable ReasonCode of(int code) {
        return code >= 0 && code < 256 ? BY_CODE[code] : null;
    }

    /**
     * What a CONNACK return code of 3.1 or 3.1.1 says in the words of MQTT 5; null for codes that those standards do
     * not name (6 to 255).
     */
    public static @Nullable ReasonCode ofReturnCode(int returnCode) {
        return switch (returnCode) {
            case 0 -> SUCCESS;
            case 1 -> UNSUPPORTED_PROTOCOL_VERSION;
            case 2 -> CLIENT_IDENTIFIER_NOT_VALID;
            case 3 -> SERVER_UNAVAILABLE;
            case 4 -> BAD_USER_NAME_OR_PASSWORD;
            case 5 -> NOT_AUTHORIZED;
            default -> null;
        };
    }

    /** The granted QoS of a SUBACK as a reason code. */
    public static ReasonCode granted(Qos qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> SUCCESS;
            case AT_LEAST_ONCE -> GRANTED_QOS_1;
            case EXACTLY_ONCE -> GRANTED_QOS_2;
        };
    }

    /** For example "not authorized (0x87)". */
    public String describe() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " (0x" + (code < 16 ? "0" : "")
                + Integer.toHexString(code).toUpperCase(java.util.Locale.ROOT) + ")";
    }
}
