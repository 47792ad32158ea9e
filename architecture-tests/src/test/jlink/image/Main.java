package image;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Publishes a message and receives it. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (MqttBroker broker = MqttBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            client.subscribe("image/#", message -> received.complete(message.text()));
            client.publish("image/1", "it works");
            System.out.println("image received: " + received.get(20, TimeUnit.SECONDS));
        }
    }
}
