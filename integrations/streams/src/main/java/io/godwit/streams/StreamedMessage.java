package io.godwit.streams;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.protocol.Message;

/**
 * A message of a stream whose consumer says when it is handled. Until then it holds back the acknowledgements of all messages of
 * the client that came after it, so one that cannot be handled is to be rejected, with its {@code acknowledgement}.
 */
public record StreamedMessage(Message message, Acknowledgement acknowledgement) {
    /** The message is handled: it may be acknowledged to the broker. Any thread, never blocks; a second call does nothing. */
    public void acknowledge() {
        acknowledgement.acknowledge();
    }
}
