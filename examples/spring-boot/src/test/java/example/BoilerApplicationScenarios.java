package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;

/** What the application does, with whichever broker. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "godwit.mqtt.reconnect-delay=50ms",
            "godwit.mqtt.reconnect-maximum-delay=200ms",
            "spring.ssl.bundle.watch.file.quiet-period=100ms"
        })
@DirtiesContext
abstract class BoilerApplicationScenarios {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AtomicInteger PROBES = new AtomicInteger();

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
    private MqttClient device;

    @Autowired
    MeterRegistry meters;

    @Value("${local.server.port}")
    int port;

    /** A folder of its own. */
    static Path folder(String name) throws IOException {
        return Files.createDirectories(Path.of("target", name).toAbsolutePath());
    }

    /** Makes the application, and the devices of the tests, trust this certificate from their next connection on. */
    static void trust(Path folder, Certificate certificate) throws IOException {
        Path written = Files.copy(certificate.chain(), folder.resolve("ca.new"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(written, folder.resolve("ca.pem"), StandardCopyOption.ATOMIC_MOVE);
    }

    abstract Broker broker();

    /** The folder with {@code ca.pem}. */
    abstract Path folder();

    @BeforeEach
    void connect_a_device() {
        await().atMost(SOON).until(() -> mqttHealth().equals("UP"));
        device = MqttClient.builder()
                .server(broker().uri())
                .protocol(ProtocolVersion.V5)
                .clientId("device")
                .tls(Tls.builder().ca(folder().resolve("ca.pem")).build())
                .build();
        device.connect();
        awaitListeners();
    }

    /** The health is up as soon as the application is connected again, perhaps before it has its subscriptions back. */
    private void awaitListeners() {
        String id = "probe-" + PROBES.incrementAndGet();
        await().atMost(SOON).untilAsserted(() -> {
            device.publish("boiler/" + id + "/temp", "{\"celsius\": 20.5}");
            assertThat(get("/boilers/" + id).body()).isEqualTo("{\"celsius\":20.5}");
        });
    }

    @AfterEach
    void disconnect_the_device() {
        device.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private String mqttHealth() throws IOException, InterruptedException {
        String health = get("/actuator/health").body();
        return health.replaceFirst(".*\"mqtt\":\\{.*?\"status\":\"(.*?)\".*", "$1");
    }

    private Message next() throws InterruptedException {
        Message next = received.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("a message").isNotNull();
        return next;
    }

    private double failures() {
        return meters.get("godwit.handler.failures").functionCounter().count();
    }

    private void reportsAndIsShown(String id, String celsius) {
        device.publish("boiler/" + id + "/temp", "{\"celsius\": " + celsius + "}");

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(get("/boilers/" + id).body()).isEqualTo("{\"celsius\":" + celsius + "}"));
    }

    @Test
    void a_reading_is_shown() {
        reportsAndIsShown("1", "71.5");
    }

    @Test
    void a_hot_boiler_raises_an_alarm() throws InterruptedException {
        device.subscribe("boiler/2/alarm", received::add);

        device.publish("boiler/2/temp", "{\"celsius\": 95}");

        assertThat(next().text()).isEqualTo("{\"celsius\":95.0}");
    }

    @Test
    void a_message_whose_listener_fails_is_tried_three_times_and_becomes_a_dead_letter() throws InterruptedException {
        double before = failures();
        device.subscribe("dead/#", received::add);

        device.publish("boiler/3/temp", "{\"celsius\": 5000}");

        Message dead = next();
        assertThat(dead.topic()).isEqualTo("dead/boiler/3/temp");
        assertThat(dead.text()).isEqualTo("{\"celsius\": 5000}");
        assertThat(dead.userProperty("dead-letter-cause")).contains("5000.0 °C is more than a boiler survives");
        await().atMost(SOON).until(() -> failures() - before == 3);
    }

    @Test
    void a_message_that_is_no_JSON_becomes_a_dead_letter_at_once() throws InterruptedException {
        double before = failures();
        device.subscribe("dead/#", received::add);

        device.publish("boiler/4/temp", "hot");

        assertThat(next().topic()).isEqualTo("dead/boiler/4/temp");
        await().atMost(SOON).until(() -> failures() - before == 1);
    }

    @Test
    void a_request_is_answered() {
        reportsAndIsShown("5", "60.5");

        assertThat(device.request("boiler/5/last", "").text()).isEqualTo("{\"celsius\":60.5}");
    }

    @Test
    void a_target_is_kept_for_the_boiler() throws Exception {
        HttpRequest target = HttpRequest.newBuilder(uri("/boilers/6/target"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"celsius\": 65}"))
                .build();
        assertThat(http.send(target, BodyHandlers.discarding()).statusCode()).isEqualTo(200);

        device.subscribe("boiler/6/target", received::add);

        assertThat(next().text()).isEqualTo("{\"celsius\":65.0}");
    }

    @Test
    void health_is_down_while_the_broker_is_away_and_up_again_afterwards() throws Exception {
        Certificate same = new Certificate(folder().resolve("broker.pem"), folder().resolve("broker.key"));
        broker().stop();
        await().atMost(SOON).until(() -> mqttHealth().equals("DOWN"));
        assertThat(get("/actuator/health").statusCode()).isEqualTo(503);

        broker().start(same);

        await().atMost(SOON).until(() -> mqttHealth().equals("UP"));
    }

    @Test
    void a_replaced_certificate_is_used_without_a_restart() throws Exception {
        Certificate first = new Certificate(folder().resolve("broker.pem"), folder().resolve("broker.key"));
        Certificate second = Certificate.make(folder(), "second");
        try {
            broker().stop();
            broker().start(second);
            await().atMost(SOON).until(() -> mqttHealth().equals("DOWN"));

            trust(folder(), second);

            await().atMost(SOON).until(() -> mqttHealth().equals("UP"));
            device.close();
            connect_a_device();
            reportsAndIsShown("7", "72.5");
        } finally {
            broker().stop();
            broker().start(first);
            trust(folder(), first);
        }
    }
}
