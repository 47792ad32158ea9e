package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;

/**
 * Takes the messages of a subscription. Called on a thread of the client's handler executor, one message after the other
 * in the order in which they came, never on the event loop unless the application chose that. It may call anything on the
 * client, blocking calls included. A message of QoS 1 or 2 is acknowledged once all its handlers have returned; an
 * exception is reported to the {@link ClientListener}, and the next message comes.
 */
@FunctionalInterface
public interface MessageHandler {
    /**
     * Handles one message.
     *
     * @throws Exception any; it is reported with the topic
     */
    void handle(Message message) throws Exception;
}
