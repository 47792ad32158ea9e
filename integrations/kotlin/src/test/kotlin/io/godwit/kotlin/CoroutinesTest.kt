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
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.awaitility.Awaitility.await

class CoroutinesTest {
    private val soon = Duration.ofSeconds(20)

    private fun client(broker: TestBroker, receiveMaximum: Int = 100): MqttClient =
        MqttClient.builder()
            .server(broker.uri())
            .protocol(ProtocolVersion.V5)
            .clientId("kotlin")
            .receiveMaximum(receiveMaximum)
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

    /** Waits without blocking the coroutines' one thread. */
    private suspend fun TestBroker.awaitSubscribedFrom(clientId: String, filter: String) {
        withTimeout(soon.toMillis()) {
            while (filter !in subscriptions(clientId)) kotlinx.coroutines.yield()
        }
    }
}
