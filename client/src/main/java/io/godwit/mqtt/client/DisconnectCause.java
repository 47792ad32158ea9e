package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Why an established connection ended.
 *
 * @param endedBy who ended it
 * @param reasonCode of the DISCONNECT that was received or sent on MQTT 5; null if there was none
 * @param text for people: what happened
 * @param properties of the broker's DISCONNECT on MQTT 5: reason string, server reference
 * @param exception what the network threw, or the protocol error; null if there was none
 */
public record DisconnectCause(
        EndedBy endedBy,
        @Nullable ReasonCode reasonCode,
        String text,
        MqttProperties properties,
        @Nullable Throwable exception) {

    /** Who ended a connection. */
    public enum EndedBy {
        /** The application: {@code disconnect} or {@code close}. */
        APPLICATION,
        /**
         * This client, since the broker was silent or broke the protocol, the session store failed, or an {@link Error} such as
         * an {@link OutOfMemoryError} stopped its event loop.
         */
        CLIENT,
        /** The broker, with DISCONNECT or by closing the connection. */
        BROKER,
        /** The network: the connection broke. */
        NETWORK
    }
}
