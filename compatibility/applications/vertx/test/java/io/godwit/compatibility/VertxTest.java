package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A Vert.x application that uses both clients, talking to each other. */
class VertxTest {
    @Test
    void both_clients_share_one_netty() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Scenario scenario = Scenario.start()) {
            assertEquals(System.getProperty("netty.line"), NettyInUse.line());
            CompletableFuture<String> received = new CompletableFuture<>();
            MqttClient other = MqttClient.create(vertx);
            other.publishHandler(message -> received.complete(message.payload().toString()));
            await(other.connect(scenario.broker().port(), scenario.broker().host()));
            await(other.subscribe("to/vertx", 1));
            scenario.broker().awaitSubscribed(other.clientId(), "to/vertx", java.time.Duration.ofSeconds(20));

            scenario.client().publish(Message.of("to/vertx", "from godwit").withQos(Qos.AT_LEAST_ONCE));
            assertEquals("from godwit", received.get(20, TimeUnit.SECONDS));

            await(other.publish("to/godwit", Buffer.buffer("from vertx"), MqttQoS.AT_LEAST_ONCE, false, false));
            scenario.expect("from vertx");
            await(other.disconnect());
            scenario.run();
        } finally {
            await(vertx.close());
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
