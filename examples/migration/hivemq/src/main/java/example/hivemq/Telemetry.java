package example.hivemq;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;

/** Reports a boiler's temperature and takes commands: Telemetry HOST PORT [CA] */
public final class Telemetry {
    private final Mqtt3AsyncClient client;

    Telemetry(String host, int port, String ca) throws Exception {
        Mqtt3ClientBuilder builder = Mqtt3Client.builder()
                .identifier("boiler-7")
                .serverHost(host)
                .serverPort(port)
                .automaticReconnectWithDefaultConfig()
                .addConnectedListener(context -> online())
                .addDisconnectedListener(context -> System.err.println(context.getCause()))
                .simpleAuth()
                .username(System.getenv("MQTT_USER"))
                .password(System.getenv("MQTT_PASSWORD").getBytes(UTF_8))
                .applySimpleAuth()
                .willPublish()
                .topic("boiler/7/status")
                .payload("offline".getBytes(UTF_8))
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(true)
                .applyWillPublish();
        if (ca != null) {
            builder = builder.sslConfig().trustManagerFactory(trusting(ca)).applySslConfig();
        }
        client = builder.buildAsync();
        // Before connecting, for commands that the broker has kept.
        client.publishes(MqttGlobalPublishFilter.ALL, this::command);
    }

    void connect() {
        client.connectWith().cleanSession(false).send().join();
        client.subscribeWith()
                .topicFilter("boiler/7/set")
                .qos(MqttQos.AT_LEAST_ONCE)
                .send()
                .join();
    }

    private void online() {
        client.publishWith()
                .topic("boiler/7/status")
                .payload("online".getBytes(UTF_8))
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(true)
                .send();
    }

    private void command(Mqtt3Publish message) {
        ByteBuffer payload = message.getPayload().orElse(ByteBuffer.allocate(0));
        System.out.println("command: " + UTF_8.decode(payload));
    }

    void report(int reading) {
        client.publishWith()
                .topic("boiler/7/temp")
                .payload(String.valueOf(reading).getBytes(UTF_8))
                .qos(MqttQos.AT_LEAST_ONCE)
                .send()
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        System.err.println("lost reading " + reading + ": " + failure);
                    }
                });
    }

    void close() {
        client.disconnect().join();
    }

    private static TrustManagerFactory trusting(String ca) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream in = new FileInputStream(ca)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        String algorithm = TrustManagerFactory.getDefaultAlgorithm();
        TrustManagerFactory factory = TrustManagerFactory.getInstance(algorithm);
        factory.init(trusted);
        return factory;
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        String ca = arguments.length > 2 ? arguments[2] : null;
        Telemetry telemetry = new Telemetry(arguments[0], port, ca);
        Runtime.getRuntime().addShutdownHook(new Thread(telemetry::close));
        telemetry.connect();
        for (int reading = 1; ; reading++) {
            telemetry.report(reading);
            System.out.println("reading " + reading);
            Thread.sleep(200);
        }
    }
}
