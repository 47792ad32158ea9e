package io.godwit.kotlin.documented

import io.godwit.kotlin.acknowledgedMessages
import io.godwit.kotlin.awaitConnect
import io.godwit.kotlin.awaitPublish
import io.godwit.kotlin.messages
import io.godwit.mqtt.client.MqttClient
import io.godwit.mqtt.protocol.Message
import kotlinx.coroutines.flow.buffer

// The Kotlin of the guides, block by block: DocumentedSnippetsTest finds each of them here, so that each compiles.

fun main() {
    MqttClient.connect("mqtt://localhost").use { client ->
        client.subscribe("greetings/#") { println("${it.topic()}: ${it.text()}") }
        client.publish("greetings/world", "hello")
    }
}

suspend fun calls() {
    MqttClient.builder().server("mqtt://localhost").build().use { client ->
        client.awaitConnect()
        client.awaitPublish("boiler/7/temp", "71.5")
        client.messages("boiler/+/temp").collect { println(it.text()) }
    }
}

suspend fun flows(client: MqttClient, save: suspend (Message) -> Unit) {
    client.acknowledgedMessages("orders/#")
        .buffer(10)
        .collect { order ->
            save(order.message)
            order.acknowledge()
        }
}
