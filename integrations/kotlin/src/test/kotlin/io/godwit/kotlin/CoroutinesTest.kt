package io.godwit.kotlin

import io.godwit.mqtt.client.MqttClient
import io.godwit.mqtt.client.SubscribeException
import io.godwit.mqtt.broker.BrokerPolicy
import io.godwit.mqtt.protocol.Message
import io.godwit.mqtt.protocol.ProtocolVersion
import io.godwit.mqtt.protocol.Qos
import io.godwit.mqtt.protocol.ReasonCode
import io.godwit.mqtt.protocol.TopicSubscription
import io.godwit.testkit.GodwitTest
import io.godwit.testkit.TestBroker
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.awaitility.Awaitility.await

class CoroutinesTest {
    private val soon = Duration.ofSeconds(20)

    private fun client(broker: TestBroker, version: ProtocolVersion = ProtocolVersion.V5): MqttClient =
        MqttClient.builder()
            .server(broker.uri())
            .protocol(version)
            .clientId("kotlin")
            .build()

    @GodwitTest
    fun `publishing suspends until the broker has acknowledged`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()

            val result = client.awaitPublish("boiler/7/temp", "71.5")

            assertThat(result.reason().isError).isFalse()
            assertThat(broker.awaitMessages(1, soon).map { it.text() }).containsExactly("71.5")
        }
    }

    @GodwitTest
    fun `a flow has the messages in order and unsubscribes at its end`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val texts = async { client.messages("t").map { it.text() }.take(3).toList() }
            broker.awaitSubscribedFrom("kotlin", "t")

            for (i in 0..2) broker.publish(Message.of("t", "$i").withQos(Qos.AT_LEAST_ONCE))

            assertThat(withTimeout(soon.toMillis()) { texts.await() }).containsExactly("0", "1", "2")
            await().atMost(soon).untilAsserted { assertThat(broker.subscriptions("kotlin")).isEmpty() }
        }
    }

    @GodwitTest
    fun `a message is acknowledged after the collector has handled it`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val pending = async {
                client.messages("t").map { broker.pending("kotlin").size }.take(1).toList()
            }
            broker.awaitSubscribedFrom("kotlin", "t")

            broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE))

            assertThat(withTimeout(soon.toMillis()) { pending.await() }).containsExactly(1)
        }
    }

    @GodwitTest
    fun `closing the client ends a flow`(broker: TestBroker) = runBlocking<Unit> {
        val client = client(broker)
        client.awaitConnect()
        val all = async { client.messages("t").toList() }
        broker.awaitSubscribedFrom("kotlin", "t")

        client.awaitClose()

        assertThat(withTimeout(soon.toMillis()) { all.await() }).isEmpty()
    }

    @GodwitTest
    fun `a refused subscription is thrown where the flow is collected`(broker: TestBroker) {
        broker.settings { settings ->
            settings.policy(object : BrokerPolicy {
                override fun subscribe(clientId: String, subscription: TopicSubscription) = ReasonCode.NOT_AUTHORIZED
            })
        }
        client(broker).use { client ->
            assertThatThrownBy {
                runBlocking {
                    client.awaitConnect()
                    client.messages("t").toList()
                }
            }.isInstanceOf(SubscribeException::class.java)
        }
    }

    @GodwitTest
    fun `a request suspends until its response`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            client.subscribeAsync("ask", Qos.AT_LEAST_ONCE) { request ->
                client.publishAsync(
                    Message.of(request.responseTopic()!!, "answer").withCorrelationData(request.correlationData()),
                )
            }.get()

            val response = withTimeout(soon.toMillis()) { client.awaitRequest(Message.of("ask", "question")) }

            assertThat(response.text()).isEqualTo("answer")
        }
    }

    @GodwitTest
    fun `the message that ends a flow is acknowledged`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val all = listOf(
                async { client.messages("first").first().text() },
                async { client.messages("take").map { it.text() }.take(1).toList().single() },
                async { client.messages("while").takeWhile { it.text() != "while" }.toList().size.toString() },
            )
            for (filter in listOf("first", "take", "while")) broker.awaitSubscribedFrom("kotlin", filter)

            for (topic in listOf("first", "take", "while")) broker.publish(message(topic, topic))

            assertThat(withTimeout(soon.toMillis()) { all.awaitAll() }).containsExactly("first", "take", "0")
            awaitNothingPending(broker)
            assertThat(client.rejected()).isZero()
        }
    }

    @GodwitTest
    fun `messages that wait when a flow ends hold nothing back`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()

            val dropped = endWhileThreeWait(client, broker)

            awaitNothingPending(broker)
            assertThat(client.rejected()).isEqualTo(3)
            assertThat(dropped).containsExactlyInAnyOrder("1", "2", "3")
        }
    }

    @GodwitTest
    fun `before MQTT 5 messages that wait when a flow ends are acknowledged and reported`(broker: TestBroker) = runBlocking<Unit> {
        client(broker, ProtocolVersion.V3_1_1).use { client ->
            client.awaitConnect()

            val dropped = endWhileThreeWait(client, broker)

            awaitNothingPending(broker)
            assertThat(client.rejected()).isZero()
            assertThat(dropped).containsExactlyInAnyOrder("1", "2", "3")
        }
    }

    /** Collects the first of four messages, and returns what was reported as dropped then. */
    private suspend fun endWhileThreeWait(client: MqttClient, broker: TestBroker): List<String> = coroutineScope {
        val dropped = CopyOnWriteArrayList<String>()
        // Called behind the flow's own handler for each message, so that what was counted waits in the flow.
        val passedOn = AtomicInteger()
        val first = async {
            client.messages("t", onDropped = { dropped += it.text() }).first {
                waitUntil { passedOn.get() == 4 }
                true
            }
        }
        broker.awaitSubscribedFrom("kotlin", "t")
        client.handle("t") { passedOn.incrementAndGet() }

        for (i in 0..3) broker.publish(message("t", "$i"))

        assertThat(withTimeout(soon.toMillis()) { first.await() }.text()).isEqualTo("0")
        dropped
    }

    @GodwitTest
    fun `messages that come when a flow has ended hold nothing back`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val release = CountDownLatch(1)
            client.subscribeAsync("before", Qos.AT_LEAST_ONCE) { release.await(20, TimeUnit.SECONDS) }.get()
            val collecting = launch { client.messages("t").collect() }
            broker.awaitSubscribedFrom("kotlin", "t")
            broker.publish(message("before", "x"))
            for (i in 0..2) broker.publish(message("t", "$i"))
            waitUntil { client.statistics().messages().received().atLeastOnce() == 4L }

            collecting.cancelAndJoin()
            release.countDown()

            awaitNothingPending(broker)
            assertThat(client.rejected()).isEqualTo(3)
        }
    }

    @GodwitTest
    fun `a message whose collector fails is rejected`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val failure = async {
                runCatching { client.messages("t").collect { error("as planned by the test") } }.exceptionOrNull()
            }
            broker.awaitSubscribedFrom("kotlin", "t")

            broker.publish(message("t", "x"))

            assertThat(withTimeout(soon.toMillis()) { failure.await() }).hasMessage("as planned by the test")
            awaitNothingPending(broker)
            assertThat(client.rejected()).isEqualTo(1)
        }
    }

    @GodwitTest
    fun `a message whose collector times out is rejected although a timeout is a cancellation`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val failure = async {
                runCatching { client.messages("t").collect { withTimeout(1) { awaitCancellation() } } }.exceptionOrNull()
            }
            broker.awaitSubscribedFrom("kotlin", "t")

            broker.publish(message("t", "x"))

            assertThat(withTimeout(soon.toMillis()) { failure.await() }).isInstanceOf(TimeoutCancellationException::class.java)
            awaitNothingPending(broker)
            assertThat(client.rejected()).isEqualTo(1)
        }
    }

    @GodwitTest
    fun `messages of a cancelled collection come again if the client is closed`(broker: TestBroker) = runBlocking<Unit> {
        val kept = MqttClient.builder()
            .server(broker.uri())
            .protocol(ProtocolVersion.V5)
            .clientId("kotlin")
            .cleanSession(false)
            .sessionExpiry(Duration.ofHours(1))
            .build()
        kept.use { client ->
            client.awaitConnect()

            cancelWhileTwoWait(client, broker)
        }

        assertThat(broker.pending("kotlin").map { it.text() }).containsExactly("0", "1", "2")
    }

    @GodwitTest
    fun `messages of a cancelled collection are rejected after ten seconds`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()

            cancelWhileTwoWait(client, broker)

            awaitNothingPending(broker)
            assertThat(client.rejected()).isEqualTo(3)
        }
    }

    /** Cancels a collection that handles the first of three messages. */
    private suspend fun cancelWhileTwoWait(client: MqttClient, broker: TestBroker) = coroutineScope {
        val handling = CompletableDeferred<Unit>()
        val collecting = launch {
            client.messages("t").collect {
                handling.complete(Unit)
                awaitCancellation()
            }
        }
        broker.awaitSubscribedFrom("kotlin", "t")
        for (i in 0..2) broker.publish(message("t", "$i"))
        withTimeout(soon.toMillis()) { handling.await() }
        waitUntil { client.statistics().messages().received().atLeastOnce() == 3L }

        collecting.cancelAndJoin()
    }

    @GodwitTest
    fun `a message may be acknowledged after its flow has ended`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val first = async { client.acknowledgedMessages("t").first() }
            broker.awaitSubscribedFrom("kotlin", "t")
            broker.publish(message("t", "x"))
            val taken = withTimeout(soon.toMillis()) { first.await() }
            assertThat(broker.pending("kotlin")).hasSize(1)

            taken.acknowledge()

            awaitNothingPending(broker)
            assertThat(client.rejected()).isZero()
        }
    }

    @GodwitTest
    fun `a consumer can reject a message`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val collecting = launch { client.acknowledgedMessages("t").collect { it.reject(ReasonCode.PAYLOAD_FORMAT_INVALID) } }
            broker.awaitSubscribedFrom("kotlin", "t")

            broker.publish(message("t", "x"))

            waitUntil { client.rejected() == 1L }
            awaitNothingPending(broker)
            collecting.cancelAndJoin()
        }
    }

    @GodwitTest
    fun `a flow that is cancelled just after SUBACK unsubscribes`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val collecting = launch(start = CoroutineStart.UNDISPATCHED) { client.messages("t").collect() }
            // Blocks the thread on which the flow would go on, until SUBACK has come for this too.
            client.subscribeAsync("later", Qos.AT_LEAST_ONCE) {}.get()

            collecting.cancelAndJoin()

            await().atMost(soon).untilAsserted { assertThat(broker.subscriptions("kotlin")).containsExactly("later") }
        }
    }

    @GodwitTest
    fun `messages of QoS 0 that find the buffer full are dropped and reported`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val dropped = CopyOnWriteArrayList<String>()
            val collecting = CompletableDeferred<Unit>()
            val release = CompletableDeferred<Unit>()
            val texts = async {
                client.messages("t", Qos.AT_MOST_ONCE, onDropped = { dropped += it.text() }, buffer = 5)
                    .map {
                        collecting.complete(Unit)
                        release.await()
                        it.text()
                    }
                    .take(6)
                    .toList()
            }
            broker.awaitSubscribedFrom("kotlin", "t")
            broker.publish(Message.of("t", "0").withQos(Qos.AT_MOST_ONCE))
            withTimeout(soon.toMillis()) { collecting.await() }

            for (i in 1..8) broker.publish(Message.of("t", "$i").withQos(Qos.AT_MOST_ONCE))
            waitUntil { dropped.size == 3 }
            release.complete(Unit)

            assertThat(withTimeout(soon.toMillis()) { texts.await() }).containsExactly("0", "1", "2", "3", "4", "5")
            assertThat(dropped).containsExactly("6", "7", "8")
        }
    }

    @GodwitTest
    fun `a buffer of nothing is rejected`(broker: TestBroker) {
        client(broker).use { client ->
            assertThatThrownBy { client.messages("t", buffer = 0) }
                .isInstanceOf(IllegalArgumentException::class.java)
                .hasMessage("invalid buffer 0: must be at least 1")
        }
    }

    /** Keeps each future that it gives to those who want to know when it is closed. */
    private class Watched(private val client: MqttClient) : MqttClient by client {
        val closed = CopyOnWriteArrayList<CompletableFuture<Void>>()

        override fun closed(): CompletableFuture<Void> = client.closed().also { closed += it }
    }

    @GodwitTest
    fun `a client keeps nothing of a flow that has ended`(broker: TestBroker) = runBlocking<Unit> {
        client(broker).use { client ->
            client.awaitConnect()
            val watched = Watched(client)
            val first = async { watched.messages("t").first() }
            broker.awaitSubscribedFrom("kotlin", "t")
            assertThat(watched.closed.map { it.numberOfDependents }).containsExactly(1)

            broker.publish(message("t", "x"))

            withTimeout(soon.toMillis()) { first.await() }
            assertThat(watched.closed.map { it.numberOfDependents }).containsExactly(0)
            assertThat(client.isConnected).isTrue()
        }
    }

    private fun message(topic: String, text: String): Message = Message.of(topic, text).withQos(Qos.AT_LEAST_ONCE)

    private fun MqttClient.rejected(): Long = statistics().messages().rejected()

    private fun awaitNothingPending(broker: TestBroker) =
        await().atMost(soon).untilAsserted { assertThat(broker.pending("kotlin")).isEmpty() }

    /** Waits without blocking the coroutines' one thread. */
    private suspend fun waitUntil(condition: () -> Boolean) {
        withTimeout(soon.toMillis()) {
            while (!condition()) yield()
        }
    }

    private suspend fun TestBroker.awaitSubscribedFrom(clientId: String, filter: String) {
        waitUntil { filter in subscriptions(clientId) }
    }
}
