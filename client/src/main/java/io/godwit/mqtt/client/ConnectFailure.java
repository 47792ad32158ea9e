package io.godwit.mqtt.client;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt to connect failed. Phase and reason tell a rejected certificate from a closed port from missing
 * credentials without parsing the text.
 *
 * @param phase where the attempt failed
 * @param reason what went wrong there
 * @param connackCode the code of CONNACK as it was sent, a return code on 3.1 and 3.1.1, a reason code on 5; 0 if there was
 *     no CONNACK
 * @param reasonCode the code of CONNACK in the words of MQTT 5; null if there was no CONNACK, or its code is unknown
 * @param text for people: what went wrong, where, and what to do
 * @param properties of CONNACK on MQTT 5
 * @param exception what the network, TLS or the application threw, or null
 */
public record ConnectFailure(
        ConnectPhase phase,
        FailureReason reason,
        int connackCode,
        @Nullable ReasonCode reasonCode,
        String text,
        MqttProperties properties,
        @Nullable Throwable exception) {

    /**
     * Whether the same CONNECT will be rejected again, whenever it is sent: the protocol version, the client identifier, the
     * authentication method or the will is not acceptable, or the client is banned. Rejected credentials are not among
     * these, since brokers also reject them while they cannot check them.
     */
    public boolean isPermanent() {
        if (reason == FailureReason.NOT_SENT) {
            return exception instanceof IllegalArgumentException;
        }
        return reasonCode != null
                && switch (reasonCode) {
                    case UNSUPPORTED_PROTOCOL_VERSION,
                            CLIENT_IDENTIFIER_NOT_VALID,
                            BANNED,
                            BAD_AUTHENTICATION_METHOD,
                            MALFORMED_PACKET,
                            PROTOCOL_ERROR,
                            TOPIC_NAME_INVALID,
                            PACKET_TOO_LARGE,
                            PAYLOAD_FORMAT_INVALID,
                            RETAIN_NOT_SUPPORTED,
                            QOS_NOT_SUPPORTED -> true;
                    default -> false;
                };
    }

    /** A failure without a CONNACK. */
    public static ConnectFailure of(
            ConnectPhase phase, FailureReason reason, String text, @Nullable Throwable exception) {
        return new ConnectFailure(phase, reason, 0, null, text, MqttProperties.NONE, exception);
    }
}
