package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reason codes that one type of packet may carry on MQTT 5: its row of the table in section 2.4.
 *
 * @param statement which limits the codes of the packet
 */
record ReasonCodes(PacketType type, String statement, Set<ReasonCode> allowed) {

    /** Checks a reason to be written; 3.1 and 3.1.1 have no field for one, so there it must be success. */
    void check(ReasonCode reason, ProtocolVersion version) {
        if (version == ProtocolVersion.V5) {
            check(reason);
        } else if (reason != ReasonCode.SUCCESS) {
            throw new IllegalArgumentException(type + " of MQTT " + version + " cannot say " + reason.describe()
                    + ": reason codes exist on MQTT 5");
        }
    }

    /** Checks a reason to be written on MQTT 5. */
    void check(@Nullable ReasonCode reason) {
        if (reason == null || !allowed.contains(reason)) {
            throw new IllegalArgumentException(
                    "the reason code " + (reason == null ? "that was given" : reason.describe()) + " is not allowed in "
                            + type + " " + statement);
        }
    }

    /** Reads the byte of a reason code on MQTT 5. */
    ReasonCode read(FieldReader in) {
        int code = in.oneByte("reason code");
        ReasonCode reason = ReasonCode.of(code);
        if (reason == null || !allowed.contains(reason)) {
            throw in.fault(
                    ReasonCode.PROTOCOL_ERROR,
                    statement,
                    "the reason code 0x" + Integer.toHexString(code) + " is not allowed in " + type);
        }
        return reason;
    }
}
