package io.godwit.mqtt.protocol;

/** Whether a subscription of MQTT 5 brings the retained messages that match, section 3.8.3.1. */
public enum RetainHandling {
    /** At every subscribe; also what 3.1 and 3.1.1 do. */
    SEND,
    /** Only when the subscription did not exist before. */
    SEND_IF_NEW,
    /** Never. */
    DO_NOT_SEND;

    private static final RetainHandling[] VALUES = values();

    /** The handling with this number, 0 to 2. */
    public static RetainHandling of(int code) {
        if (code < 0 || code > 2) {
            throw new IllegalArgumentException(
                    "retain handling " + code + " does not exist: it is 0, 1 or 2 (section 3.8.3.1)");
        }
        return VALUES[code];
    }
}
