package example.godwit;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import java.nio.file.Path;

/** Reports a boiler's temperature and takes commands: Telemetry mqtts://HOST:PORT [CA] */
public final class Telemetry implements ClientListener {
    private final MqttClient client;

    Telemetry(String server, String ca) {
        client = MqttClient.builder()
                .server(server)
                .tls(ca == null ? Tls.system() : Tls.builder().ca(Path.of(ca)).build())
                .credentials(System.getenv("MQTT_USER"), System.getenv("MQTT_PASSWORD"))
                .clientId("boiler-7")
                .cleanSession(false)
                .store(DiskStore.at(Path.of("state")))
                .retryFirst(true)
                .will(Message.of("boiler/7/status", "offline").withRetain(true))
                .listener(this)
                .build();
    }

    /** Returns at once; the client connects, and reconnects, by itself. */
    void connect() {
        client.connectAsync();
        client.subscribeAsync("boiler/7/set", Qos.AT_LEAST_ONCE, this::command);
    }

    @Override
    public void connected(MqttClient connected, ConnectResult result) {
        connected.publishAsync(Message.of("boiler/7/status", "online").withRetain(true));
    }

    private void command(Message message) {
        System.out.println("command: " + message.text());
    }

    void report(int reading) {
        client.publishAsync("boiler/7/temp", String.valueOf(reading)).exceptionally(failure -> {
            System.err.println("lost reading " + reading + ": " + failure.getMessage());
            return null;
        });
    }

    void close() {
        client.close();
    }

    public static void main(String[] arguments) throws Exception {
        String ca = arguments.length > 1 ? arguments[1] : null;
        Telemetry telemetry = new Telemetry(arguments[0], ca);
        Runtime.getRuntime().addShutdownHook(new Thread(telemetry::close));
        telemetry.connect();
        for (int reading = 1; ; reading++) {
            telemetry.report(reading);
            System.out.println("reading " + reading);
            Thread.sleep(200);
        }
    }
}
