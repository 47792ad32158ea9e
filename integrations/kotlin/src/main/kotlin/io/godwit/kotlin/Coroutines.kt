package io.godwit.kotlin

import io.godwit.mqtt.client.Acknowledgement
import io.godwit.mqtt.client.ConnectResult
import io.godwit.mqtt.client.MqttClient
import io.godwit.mqtt.client.PublishResult
import io.godwit.mqtt.protocol.Message
import io.godwit.mqtt.protocol.Qos
import io.godwit.mqtt.protocol.ReasonCode
import io.godwit.mqtt.protocol.TopicSubscription
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.future.await
import kotlinx.coroutines.isActive

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

/** How many messages may wait before one of QoS 0 is dropped, unless the flow says otherwise. */
private const val BUFFER = 256

/**
 * What operators such as `first` and `take` throw to end a flow once they have what they want. It is a CancellationException, as
 * are a timeout and other failures of a collector, but kotlinx doesn't publish its class.
 */
private const val ENOUGH = "kotlinx.coroutines.flow.internal.AbortFlowException"

/**
 * The messages of a topic filter as a cold flow. Collecting subscribes at the broker; when the collection ends, it unsubscribes.
 *
 * A message is acknowledged to the broker when the collector's block has returned for it, or an operator such as `first` has taken
 * it, so a crash before that repeats it. What has not been collected waits, unacknowledged: with MQTT 5 at most the client's Receive
 * Maximum. Operators such as `buffer` or `flatMapMerge` return before the work is done; behind them use [acknowledgedMessages].
 *
 * A client acknowledges all of its messages in the order in which they came [MQTT-4.6.0-2], so one that waits in a flow holds back
 * the acknowledgements of later ones, whatever their subscription. Other handlers go on until Receive Maximum is reached; then no
 * message of QoS 1 or 2 comes until the flow goes on. Give a flow that may be slow or stop a client of its own.
 *
 * When the collection ends, messages that it has not handled are rejected: those that wait, and one whose collector failed. With
 * MQTT 5, PUBACK or PUBREC has reason code 0x83; before MQTT 5, which has no reason codes, they are acknowledged. Either way the
 * broker does not send them again. If the collection was cancelled, this happens after ten seconds: of a client that is closed
 * before, as an application that ends does, they come again with its session.
 *
 * @param onDropped called for each message that the collector will not get: one of QoS 0 that found the buffer full, and one that
 *     waited or came when the collection ended; any thread, must not block or throw
 * @param buffer how many messages may wait before one of QoS 0 is dropped, since no broker would keep it
 * @throws IllegalArgumentException unless the buffer is at least 1
 */
fun MqttClient.messages(
    filter: String,
    qos: Qos = Qos.AT_LEAST_ONCE,
    onDropped: (Message) -> Unit = {},
    buffer: Int = BUFFER,
): Flow<Message> {
    val all = acknowledgedMessages(filter, qos, onDropped, buffer)
    return flow {
        all.collect { received ->
            try {
                emit(received.message)
            } catch (failure: Throwable) {
                if (isTaken(failure)) received.acknowledge()
                throw failure
            }
            received.acknowledge()
        }
    }
}

/**
 * The same, each message acknowledged by whoever has handled it, perhaps after the collection has ended. A message that was
 * emitted and is neither acknowledged nor rejected, as one that `buffer` discards when the flow is cancelled, holds back the
 * acknowledgements of the client until its connection ends. One whose collector fails or is cancelled while it is emitted is
 * rejected as above.
 */
fun MqttClient.acknowledgedMessages(
    filter: String,
    qos: Qos = Qos.AT_LEAST_ONCE,
    onDropped: (Message) -> Unit = {},
    buffer: Int = BUFFER,
): Flow<ReceivedMessage> {
    require(buffer > 0) { "invalid buffer $buffer: must be at least 1" }
    return flow {
        val waiting = WaitingMessages(buffer, onDropped)
        val subscribing = subscribeAsync(TopicSubscription.of(filter, qos), waiting)
        val clientClosed = closed()
        clientClosed.thenRun(waiting::complete)
        try {
            subscribing.await()
            while (true) {
                val received = waiting.next() ?: break
                try {
                    emit(received)
                } catch (failure: Throwable) {
                    if (!isTaken(failure)) waiting.reject(received, isCancelled())
                    throw failure
                }
            }
        } finally {
            subscribing.thenAccept { it.closeAsync() } // also if this was cancelled just after SUBACK
            clientClosed.complete(null) // so that the client keeps nothing of this
            waiting.giveUp(isCancelled())
        }
    }
}

/** Whether a message was taken although emitting it failed: an operator has ended the flow, having got what it wants. */
private suspend fun isTaken(failure: Throwable) = failure.javaClass.name == ENOUGH && !isCancelled()

private suspend fun isCancelled() = !currentCoroutineContext().isActive

/** A message of a flow and its acknowledgement. */
class ReceivedMessage internal constructor(
    val message: Message,
    private val acknowledgement: Acknowledgement,
) {
    /** The message is handled. Any thread, never blocks; a second call does nothing, nor does one after [reject]. */
    fun acknowledge() = acknowledgement.acknowledge()

    /**
     * The message cannot be handled: PUBACK or PUBREC has this reason code, and the broker does not send it again. Before MQTT 5,
     * which has no reason codes, this is [acknowledge]. Any thread, never blocks; does nothing after [acknowledge].
     *
     * @throws IllegalArgumentException unless PUBACK can have the reason for a message that failed, see [Acknowledgement.reject]
     */
    fun reject(reason: ReasonCode = ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR) = acknowledgement.reject(reason)
}
