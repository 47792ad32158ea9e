package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;

/**
 * Why an exchange did not succeed, as a value: the client makes the exception of it.
 *
 * @param kind what happened
 * @param reason the broker's reason code, or the one that fits best
 * @param text for people: what was wrong and what would be right
 * @param properties of the broker's packet, if there was one
 */
public record Failure(Kind kind, ReasonCode reason, String text, MqttProperties properties) implements Outcome {
    /** The causes that an application can tell apart. */
    public enum Kind {
        /** The broker answered with an error. */
        REFUSED,
        /** It breaks a limit that the broker has announced, so it was not sent. */
        LIMIT,
        /** There is no connection and none is being made. */
        NOT_CONNECTED,
        /** The queue's bounds are reached. */
        QUEUE_FULL,
        /** It was dropped from a full queue in favour of others. */
        DROPPED,
        /** Its message expired while it waited. */
        EXPIRED,
        /** The broker ends the connection each time it is sent. */
        BROKER_DISCONNECTS,
        /** The application has cancelled it before it was sent. */
        CANCELLED,
        /** The broker has lost the session, and whether the message arrived cannot be known. */
        SESSION_LOST,
        /** The connection ended before the message could be written; QoS 0 only. */
        CONNECTION_LOST,
        /** The client was closed. */
        CLOSED,
        /** The store cannot keep it. */
        STORE
    }

    /** @param what was sent each time */
    static Failure disconnects(String what, String why) {
        return of(
                Kind.BROKER_DISCONNECTS,
                ReasonCode.UNSPECIFIED_ERROR,
                why + " each of the " + Session.MOST_DISCONNECTS + " times that " + what
                        + " was sent alone; it is not sent again");
    }

    static Failure of(Kind kind, ReasonCode reason, String text) {
        return new Failure(kind, reason, text, MqttProperties.NONE);
    }
}
