package example;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A boiler that tells its temperature, and loses none of it: not without a broker, nor by {@code kill -9}. */
public final class Boiler implements AutoCloseable {
    private final MqttClient client;

    /** Does not wait for the broker: what is told meanwhile is kept in the folder. */
    public Boiler(String broker, Path state) {
        client = MqttClient.builder()
                .server(broker)
                .protocol(ProtocolVersion.V5)
                .clientId("boiler-7")
                .cleanSession(false)
                .store(DiskStore.at(state))
                .will(Message.of("boiler/7/status", "offline"))
                .retryFirst(true)
                .build();
        client.connectAsync();
    }

    /** Completes when the broker has the temperature. */
    public CompletableFuture<PublishResult> tell(String temperature) {
        return client.publishAsync(Message.of("boiler/7/temp", temperature).withQos(Qos.EXACTLY_ONCE));
    }

    /** Completes when what was told so far is on the disk, and safe. */
    public CompletableFuture<Void> stored() {
        return client.stored();
    }

    @Override
    public void close() {
        client.close();
    }

    /** Tells a temperature each second, until Ctrl-C. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Boiler boiler = new Boiler(arguments.length > 0 ? arguments[0] : "mqtt://localhost", Path.of("state"))) {
            for (int second = 0; ; second++) {
                String temperature = String.valueOf(60 + second % 10);
                boiler.tell(temperature).thenRun(() -> System.out.println(temperature + " has arrived"));
                boiler.stored().thenRun(() -> System.out.println(temperature + " is safe"));
                Thread.sleep(Duration.ofSeconds(1).toMillis());
            }
        }
    }
}
