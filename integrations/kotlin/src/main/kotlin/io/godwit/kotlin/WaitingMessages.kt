package io.godwit.kotlin

import io.godwit.mqtt.client.Acknowledgement
import io.godwit.mqtt.client.ManualHandler
import io.godwit.mqtt.protocol.Message
import io.godwit.mqtt.protocol.Qos
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.channels.Channel

/**
 * The messages of one collection that were not collected yet. One that nobody will collect is rejected: left alone, it would
 * hold back the acknowledgements of all messages of the client that came after it [MQTT-4.6.0-2]. Any thread.
 */
internal class WaitingMessages(
    private val buffer: Int,
    private val onDropped: (Message) -> Unit,
) : ManualHandler {
    private val size = AtomicInteger()

    @Volatile private var cancelled = false
    private val messages = Channel<ReceivedMessage>(Channel.UNLIMITED, onUndeliveredElement = ::drop)

    override fun handle(message: Message, acknowledgement: Acknowledgement) {
        val received = ReceivedMessage(message, acknowledgement)
        val full = size.incrementAndGet() > buffer && message.qos() == Qos.AT_MOST_ONCE
        if (full || messages.trySend(received).isFailure) {
            size.decrementAndGet()
            drop(received)
        }
    }

    /** The next message; null when the client is closed and none waits. */
    suspend fun next(): ReceivedMessage? = messages.receiveCatching().getOrNull()?.also { size.decrementAndGet() }

    /** No more messages come. */
    fun complete() {
        messages.close()
    }

    /** Nobody collects any more, since the collection was cancelled or has ended by itself. */
    fun giveUp(wasCancelled: Boolean) {
        cancelled = wasCancelled
        messages.cancel()
    }

    /** Nobody will handle the message: at once, or once the client may have been closed, so that the message comes again. */
    fun reject(received: ReceivedMessage, wasCancelled: Boolean) {
        if (wasCancelled) later.execute(received::reject) else received.reject()
    }

    private fun drop(received: ReceivedMessage) {
        reject(received, cancelled)
        onDropped(received.message)
    }

    private companion object {
        /** As long as the client keeps a message for which it has no handler. */
        private const val SECONDS = 10L
        private val later = CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS)
    }
}
