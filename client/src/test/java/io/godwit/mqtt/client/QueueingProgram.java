package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Publishes telemetry of 1 KiB while its broker is away, until the client says that the queue is full. */
final class QueueingProgram {
    private QueueingProgram() {}

    public static void main(String[] arguments) {
        try (MqttClient client = MqttClient.builder()
                .server(arguments[0])
                .retryFirst(true)
                .logging(false)
                .closeTimeout(Duration.ofSeconds(1))
                .build()) {
            client.connectAsync();
            CompletableFuture<PublishResult> last;
            do {
                last = client.publishAsync(
                        Message.of("telemetry", new byte[1_024]).withQos(Qos.AT_LEAST_ONCE));
            } while (!last.isDone());
            last.whenComplete(
                    (result, failure) -> System.out.println("refused: " + ((PublishException) failure).kind()));
        }
    }
}
