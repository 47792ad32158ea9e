package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application starts, publishes, receives, loses its connection and recovers. */
class HeatingApplicationTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void the_application_works_and_recovers() throws Exception {
        try (TestBroker broker = TestBroker.start();
                ConfigurableApplicationContext application = SpringApplication.run(
                        HeatingApplication.class, "--server.port=0", "--broker=" + broker.uri())) {
            assertEquals(System.getProperty("netty.line"), NettyInUse.line());
            String uri = "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
            works(broker, uri, "21.5");

            broker.restart(false);
            broker.awaitSubscribed("heating", "boiler/temperature", LIMIT);

            works(broker, uri, "22.5");
        }
    }

    private void works(TestBroker broker, String uri, String degrees) throws Exception {
        http.send(
                HttpRequest.newBuilder(URI.create(uri + "/target"))
                        .POST(BodyPublishers.ofString(degrees))
                        .build(),
                BodyHandlers.discarding());
        broker.awaitMessage(
                seen -> seen.message().topic().equals("boiler/target")
                        && seen.message().text().equals(degrees),
                LIMIT);
        broker.publish(Message.of("boiler/temperature", degrees).withQos(Qos.AT_LEAST_ONCE));
        assertTimeoutPreemptively(LIMIT, () -> {
            while (!temperature(uri).equals(degrees)) {
                Thread.onSpinWait();
            }
        });
    }

    private String temperature(String uri) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(uri + "/temperature")).build(), BodyHandlers.ofString())
                .body();
    }
}
