package smoke;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.testkit.TestBroker;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Publishes a message from a session on disk and receives it. */
public final class Smoke {
    private Smoke() {}

    public static void main(String[] arguments) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server("mqtt://127.0.0.1:" + broker.port())
                        .clientId("smoke")
                        .cleanSession(false)
                        .store(DiskStore.at(Path.of(arguments[0])))
                        .build()) {
            client.connect();
            client.subscribe("smoke/#", Qos.EXACTLY_ONCE, message -> received.complete(message.text()));
            client.publish(Message.of("smoke/1", "it works").withQos(Qos.EXACTLY_ONCE));
            System.out.println(
                    Smoke.class.getModule().getName() + " received: " + received.get(20, TimeUnit.SECONDS));
        }
    }
}
