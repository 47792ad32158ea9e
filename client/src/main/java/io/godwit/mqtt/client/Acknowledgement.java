package io.godwit.mqtt.client;

/** Acknowledges one message to the broker. */
@FunctionalInterface
public interface Acknowledgement {
    /**
     * The message is done: PUBACK or PUBREC goes out once all messages that came before it are done too [MQTT-4.6.0-2].
     * Any thread, never blocks. The second call and calls for QoS 0 or for an earlier connection do nothing.
     */
    void acknowledge();
}
