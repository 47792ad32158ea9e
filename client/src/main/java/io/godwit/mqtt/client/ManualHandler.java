package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;

/**
 * A {@link MessageHandler} that decides itself when a message is acknowledged, for instance after a database has it.
 * Messages that it never acknowledges come again on a later connection.
 */
@FunctionalInterface
public interface ManualHandler {
    /**
     * Handles one message; {@code acknowledgement} may be kept and called later from any thread.
     *
     * @throws Exception any; it is reported with the topic, and the message stays unacknowledged
     */
    void handle(Message message, Acknowledgement acknowledgement) throws Exception;
}
