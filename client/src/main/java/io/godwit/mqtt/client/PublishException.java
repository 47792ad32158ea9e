package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;

/** A publish ended without being acknowledged. */
public final class PublishException extends MqttException {
    private static final long serialVersionUID = 1;

    /** The causes that an application can tell apart. */
    public enum Cause {
        /** The broker refused the message; {@link #reason()} says why. MQTT 5 only. */
        REFUSED,
        /** The message breaks a limit of the broker and was not sent. */
        LIMIT,
        /** The queue is full, and the policy is that new messages fail. */
        QUEUE_FULL,
        /** It had to give way in a full queue. */
        DROPPED,
        /** Its expiry passed while it waited. */
        EXPIRED,
        /** The broker lost the session; whether the message arrived cannot be known. */
        SESSION_LOST,
        /** The connection broke before a message of QoS 0 was written. */
        CONNECTION_LOST,
        /** The application cancelled it before it was sent. Its own future is cancelled; a batch has this failure. */
        CANCELLED,
        /**
         * The broker ended the connection each time that the message was sent alone, so it is not sent again and holds up
         * no others.
         */
        BROKER_DISCONNECTS
    }

    private final Cause kind;
    private final ReasonCode reason;
    private final transient MqttProperties properties;

    public PublishException(Cause kind, ReasonCode reason, String message, MqttProperties properties) {
        super(message, null);
        this.kind = kind;
        this.reason = reason;
        this.properties = properties;
    }

    public Cause kind() {
        return kind;
    }

    /** The broker's reason code, or the one that fits best. */
    public ReasonCode reason() {
        return reason;
    }

    /** The properties of the broker's answer: a reason string, user properties. */
    public MqttProperties properties() {
        return properties;
    }
}
