package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection could not be made.
 *
 * @param reason the kind of failure
 * @param code the number by which NodeMCU's {@code mqtt} module knows it: -5 to -1, or the code of CONNACK (return code on
 *     3.1 and 3.1.1, reason code on 5)
 * @param reasonCode the CONNACK code in the words of MQTT 5; null when there was no CONNACK or it has an unknown code
 * @param text for people: what went wrong, where, and what to do
 * @param properties of CONNACK on MQTT 5
 */
public record ConnectFailure(
        Reason reason, int code, @Nullable ReasonCode reasonCode, String text, MqttProperties properties) {
    /** The kinds of failure, with the codes of the seed. */
    public enum Reason {
        /** -5: nobody listens there, or TLS, a proxy or the WebSocket upgrade failed. */
        SERVER_NOT_FOUND(-5),
        /** -4: the answer was no CONNACK. */
        NOT_A_CONNACK(-4),
        /** -3: the name has no address. */
        DNS(-3),
        /** -2: no CONNACK came in time, or the connection was closed before one came. */
        TIMEOUT_RECEIVING(-2),
        /** -1: CONNECT could not be written in time. */
        TIMEOUT_SENDING(-1),
        /** The broker refused; the code says why. */
        REFUSED(0);

        private final int code;

        Reason(int code) {
            this.code = code;
        }
    }

    static ConnectFailure of(Reason reason, String text) {
        return new ConnectFailure(reason, reason.code, null, text, MqttProperties.NONE);
    }
}
