package io.godwit.spring

import io.godwit.mqtt.client.MqttClient
import io.godwit.mqtt.protocol.Message
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.delay
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.autoconfigure.ImportAutoConfiguration
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.test.annotation.DirtiesContext

/** Suspend functions as listeners. */
@SpringBootTest(
    classes = [SuspendingListenerTest.Application::class],
    properties =
        [
            "godwit.mqtt.embedded-broker.enabled=true",
            "godwit.mqtt.listener.dead-letter-topic=dead/{topic}",
        ],
)
@DirtiesContext
class SuspendingListenerTest {
    class Listeners {
        val seen = LinkedBlockingQueue<String>()

        @MqttListener("boiler/{id}/judge")
        suspend fun judge(@TopicVariable id: String, celsius: Double): String {
            delay(1)
            require(celsius > -273) { "impossible: $celsius" }
            return "$id ${celsius > 90}"
        }

        @MqttListener("boiler/{id}/temp")
        suspend fun reading(@TopicVariable id: String, celsius: Double) {
            delay(1)
            seen.add("$id $celsius")
        }

        @MqttListener("dead/#")
        fun dead(message: Message) {
            seen.add("${message.topic()} ${message.userProperty("dead-letter-cause")}")
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(GodwitAutoConfiguration::class)
    class Application {
        @Bean fun listeners() = Listeners()
    }

    @Autowired lateinit var listeners: Listeners

    @Autowired lateinit var client: MqttClient

    private fun next() = listeners.seen.poll(20, TimeUnit.SECONDS)

    @Test
    fun `the result of a suspend function answers a request`() {
        assertThat(client.request("boiler/7/judge", "95").text()).isEqualTo("7 true")
    }

    @Test
    fun `a suspend function without a result handles a message`() {
        client.publish("boiler/7/temp", "71.5")

        assertThat(next()).isEqualTo("7 71.5")
    }

    @Test
    fun `a suspend function that throws is a listener that throws`() {
        client.publish("boiler/9/judge", "-300")

        assertThat(next()).startsWith("dead/boiler/9/judge ").contains("impossible: -300.0")
    }
}
