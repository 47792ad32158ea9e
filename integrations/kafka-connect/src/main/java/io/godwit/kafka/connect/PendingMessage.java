package io.godwit.kafka.connect;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.protocol.Message;

/**
 * A message that has arrived and is not acknowledged.
 *
 * @param receivedAt milliseconds since 1970
 */
record PendingMessage(Message message, Acknowledgement acknowledgement, long receivedAt) {
    /** What an entry costs beyond payload and topic, roughly: objects, record, headers. */
    private static final int OVERHEAD = 512;

    /** About how many bytes of memory it occupies. */
    long bytes() {
        return OVERHEAD + 2L * message.topic().length() + message.payload().length;
    }
}
