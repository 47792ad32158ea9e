package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may do what. The defaults allow everything except extended authentication. Methods are called on the broker's thread and must not call the broker.
 */
public interface BrokerPolicy {
    /** Everything is allowed. */
    BrokerPolicy OPEN = new BrokerPolicy() {};

    /** Whether the client may connect: {@link ReasonCode#SUCCESS}, or what goes into the CONNACK (mapped on 3.1 and 3.1.1). */
    default ReasonCode connect(Connect connect) {
        return ReasonCode.SUCCESS;
    }

    /**
     * Whether the message is taken. An error is sent as PUBACK or PUBREC on MQTT 5, and swallowed with a normal
     * acknowledgement on older versions, as the standard asks. Null: the message is taken, and never acknowledged on this
     * connection.
     */
    default @Nullable ReasonCode publish(String clientId, Message message) {
        return ReasonCode.SUCCESS;
    }

    /** Whether the client may subscribe: {@link ReasonCode#SUCCESS}, or the error for the SUBACK (0x80 on 3.1.1). */
    default ReasonCode subscribe(String clientId, TopicSubscription subscription) {
        return ReasonCode.SUCCESS;
    }

    /**
     * A step of extended authentication.
     *
     * @param clientId as in CONNECT, perhaps empty
     * @param method the authentication method
     * @param data what the client sent, or null
     * @param step 0 for CONNECT or the first AUTH of a re-authentication, then 1, 2, ...
     */
    default AuthStep authenticate(String clientId, String method, byte @Nullable [] data, int step) {
        return new AuthStep.Refuse(ReasonCode.BAD_AUTHENTICATION_METHOD);
    }
}
