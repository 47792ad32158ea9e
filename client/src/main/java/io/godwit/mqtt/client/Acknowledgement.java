package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Ends one message: the first call of any method here counts, later ones do nothing, as do calls for QoS 0 or for an
 * earlier connection. Any thread, never blocks.
 */
@FunctionalInterface
public interface Acknowledgement {
    /**
     * The message is done: PUBACK or PUBREC is sent once all messages that came before it are done too [MQTT-4.6.0-2].
     */
    void acknowledge();

    /** {@link #reject(ReasonCode, String)} without a text. */
    default void reject(ReasonCode reason) {
        reject(reason, null);
    }

    /**
     * The message cannot be handled: PUBACK or PUBREC has this reason code, in the same order. The broker does not send the
     * message again. Before MQTT 5, which has no reason codes, this is {@link #acknowledge()}.
     *
     * @param text a reason string for the broker; left out if the packet would be larger than the broker allows
     * @throws IllegalArgumentException unless the reason is one of: unspecified error, implementation specific error, not
     *     authorized, topic name invalid, quota exceeded, payload format invalid; or if the text is not valid UTF-8 of at
     *     most 65,535 bytes
     */
    default void reject(ReasonCode reason, @Nullable String text) {
        acknowledge(); // what a client before MQTT 5 does, and an application's own implementation of this interface
    }
}
