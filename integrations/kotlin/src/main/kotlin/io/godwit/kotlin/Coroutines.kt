package io.godwit.kotlin

import io.godwit.mqtt.client.Acknowledgement
import io.godwit.mqtt.client.ConnectResult
import io.godwit.mqtt.client.ManualHandler
import io.godwit.mqtt.client.MqttClient
import io.godwit.mqtt.client.PublishResult
import io.godwit.mqtt.protocol.Message
import io.godwit.mqtt.protocol.Qos
import io.godwit.mqtt.protocol.TopicSubscription
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.future.await

/** Connects and suspends until CONNACK. Cancelling stops the waiting, not the attempt. */
suspend fun MqttClient.awaitConnect(): ConnectResult = connectAsync().await()

/**
 * Publishes and suspends until the broker has acknowledged (QoS 0: until the message is written). Cancelling takes the message out
 * of the queue if it was not sent yet.
 *
 * @throws io.godwit.mqtt.client.MqttException if the message is not delivered
 */
suspend fun MqttClient.awaitPublish(message: Message): PublishResult = publishAsync(message).await()

/** Publishes text at QoS 1 and suspends until the broker has acknowledged. */
suspend fun MqttClient.awaitPublish(topic: String, text: String): PublishResult = awaitPublish(Message.of(topic, text))

/** Publishes a request and suspends until its response has arrived; MQTT 5. Cancelling stops the waiting. */
suspend fun MqttClient.awaitRequest(request: Message): Message = requestAsync(request).await()

/** Disconnects and suspends until that is done. */
suspend fun MqttClient.awaitDisconnect() {
    disconnectAsync().await()
}

/** Closes the client and suspends until that is done. */
suspend fun MqttClient.awaitClose() {
    closeAsync().await()
}

/**
 * The messages of a topic filter as a cold flow. Collecting subscribes at the broker; when the collection ends, it unsubscribes.
 *
 * A message is acknowledged to the broker when the collector's block has returned for it, so a crash in between repeats it.
 * What has not been collected waits, unacknowledged: with MQTT 5 at most the client's Receive Maximum. Operators such as
 * `buffer` or `flatMapMerge` return before the work is done; behind them use [acknowledgedMessages].
 */
fun MqttClient.messages(filter: String, qos: Qos = Qos.AT_LEAST_ONCE): Flow<Message> =
    flow {
        acknowledgedMessages(filter, qos).collect { received ->
            emit(received.message)
            received.acknowledge()
        }
    }

/** The same, each message acknowledged by whoever has handled it. */
fun MqttClient.acknowledgedMessages(filter: String, qos: Qos = Qos.AT_LEAST_ONCE): Flow<ReceivedMessage> =
    flow {
        val waiting = Channel<ReceivedMessage>(Channel.UNLIMITED)
        val handler = ManualHandler { message, acknowledgement -> waiting.trySend(ReceivedMessage(message, acknowledgement)) }
        val subscription = subscribeAsync(TopicSubscription.of(filter, qos), handler).await()
        closed().thenRun { waiting.close() }
        try {
            for (received in waiting) {
                emit(received)
            }
        } finally {
            waiting.cancel()
            subscription.closeAsync()
        }
    }

/** A message of a flow and its acknowledgement. */
class ReceivedMessage internal constructor(
    val message: Message,
    private val acknowledgement: Acknowledgement,
) {
    /** The message is handled. Any thread, never blocks; a second call does nothing. */
    fun acknowledge() = acknowledgement.acknowledge()
}
