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

/** A boiler that reports its temperature and loses no report, whether the broker is away or the process is killed. */
public final class Boiler implements AutoCloseable {
    private final MqttClient client;

    /** Doesn't wait for the broker: until it is there, reports are kept in the folder. */
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

    /** Completes when the broker has received the temperature. */
    public CompletableFuture<PublishResult> report(String temperature) {
        return client.publishAsync(Message.of("boiler/7/temp", temperature).withQos(Qos.EXACTLY_ONCE));
    }

    /** Completes when everything reported so far is safe on the disk. */
    public CompletableFuture<Void> stored() {
        return client.stored();
    }

    @Override
    public void close() {
        client.close();
    }

    /** Reports a temperature every second, until Ctrl-C. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Boiler boiler = new Boiler(arguments.length > 0 ? arguments[0] : "mqtt://localhost", Path.of("state"))) {
            for (int second = 0; ; second++) {
                String temperature = String.valueOf(60 + second % 10);
                boiler.report(temperature).thenRun(() -> System.out.println(temperature + " has arrived"));
                boiler.stored().thenRun(() -> System.out.println(temperature + " is safe"));
                Thread.sleep(Duration.ofSeconds(1).toMillis());
            }
        }
    }
}
