package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The order of callbacks with real brokers: a stored message behind CONNACK, a retained one behind SUBACK, the echo of a
 * publish of QoS 0. {@code -Dgodwit.order.rounds=1000} repeats each case so many times.
 */
@Timeout(600)
@DisplayName("Order of NodeMCU's callbacks with real brokers")
class BrokerOrderTest {

    private static final int ROUNDS = Integer.getInteger("godwit.order.rounds", 50);

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    static Stream<Arguments> versionsAndProfiles() {
        return Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                .flatMap(version ->
                        Stream.of(Profile.ESP32, Profile.ESP8266).map(profile -> Arguments.of(version, profile)));
    }

    @ParameterizedTest(name = "MQTT {0}, {1}")
    @MethodSource("versionsAndProfiles")
    void with_godwits_broker(ProtocolVersion version, Profile profile) throws Exception {
        try (MqttBroker broker = MqttBroker.start()) {
            assertOrder(version, profile, broker.port());
        }
    }

    @ParameterizedTest(name = "MQTT {0}, {1}")
    @MethodSource("versionsAndProfiles")
    void with_mosquitto(ProtocolVersion version, Profile profile, @TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (Mosquitto mosquitto = Mosquitto.start(folder)) {
            assertOrder(version, profile, mosquitto.port());
        }
    }

    private void assertOrder(ProtocolVersion version, Profile profile, int port) throws Exception {
        MqttSettings settings = MqttSettings.defaults()
                .withVersion(version)
                .withProfile(profile)
                .withWarnings(warning -> {});
        Mqtt helper = Mqtt.client(new MqttParameters("helper", 60, null, null, true, 0), settings);
        Mqtt subject = Mqtt.client(new MqttParameters("subject", 60, null, null, false, 0), settings);
        subject.on("message", (client, topic, data) -> {
            events.add(topic);
            client.publish("answer", topic, 0, false, done -> events.add("answered"));
        });
        connect(helper, port, "helper");
        done(ack -> helper.publish("retained", "x", 1, true, ack));
        connect(subject, port, "subject");
        done(ack -> subject.subscribe("stored", 1, ack));
        done(ack -> subject.subscribe("echo", 0, ack));
        subject.close();

        for (int round = 0; round < ROUNDS; round++) {
            done(ack -> helper.publish("stored", "x", 1, false, ack));
            subject.connect("127.0.0.1", port, Secure.off(), false, client -> events.add("connected"), null);
            assertNext("connected", "stored", "answered");
            subject.subscribe("retained", 0, client -> events.add("subscribed"));
            assertNext("subscribed", "retained", "answered");
            subject.publish("echo", "x", 0, false, client -> events.add("sent"));
            assertNext("sent", "echo", "answered");
            subject.close();
        }
        helper.close();
    }

    private void connect(Mqtt client, int port, String name) throws InterruptedException {
        client.connect("127.0.0.1", port, Secure.off(), false, connected -> events.add(name), null);
        assertNext(name);
    }

    /** Starts an operation and waits for its function. */
    private static void done(Consumer<Consumer<Mqtt>> operation) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        operation.accept(client -> done.complete(null));
        done.get(10, TimeUnit.SECONDS);
    }

    private void assertNext(String... expected) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            next.add(String.valueOf(events.poll(10, TimeUnit.SECONDS)));
        }
        assertThat(next).containsExactly(expected);
    }
}
