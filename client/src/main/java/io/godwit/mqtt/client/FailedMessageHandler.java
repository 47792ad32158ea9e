package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;

/** Takes messages that a handler could not handle, see {@link FailurePolicy#deadLetter(FailedMessageHandler)}. */
@FunctionalInterface
public interface FailedMessageHandler {
    /**
     * Takes one message. Called on the thread of the handler that failed; it may block.
     *
     * @param cause what the handler has thrown
     * @throws Exception any; it is reported, and the message is rejected
     */
    void handle(Message message, Throwable cause) throws Exception;
}
