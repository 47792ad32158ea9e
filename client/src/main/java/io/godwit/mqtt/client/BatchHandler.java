package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import java.util.List;

/** Takes the messages of a subscription in batches, see {@link MqttClient#subscribeBatches}. */
@FunctionalInterface
public interface BatchHandler {
    /**
     * Handles some messages in the order in which they came; when it returns, all of them are acknowledged. Called on a thread
     * of the client's handler executor, one call at a time. It may call anything on the client, blocking calls included.
     *
     * @param messages at least one; unmodifiable
     * @throws Exception any; it is reported, and the {@link FailurePolicy} applies to each message of the batch
     */
    void handle(List<Message> messages) throws Exception;
}
