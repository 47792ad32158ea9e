package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that has few messages in flight stops sending if the first of them is never acknowledged. */
@Timeout(60)
@DisplayName("Messages that nobody wants any more")
class StaleSubscriptionTest {
    private static final int IN_FLIGHT = 5;

    private final TestBroker broker = TestBroker.builder()
            .settings(settings -> settings.maximumInFlight(IN_FLIGHT))
            .start();
    private final AtomicInteger work = new AtomicInteger();

    @AfterEach
    void stop() {
        broker.close();
    }

    private MqttClientBuilder builder(ProtocolVersion version) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(version)
                .clientId("c")
                .cleanSession(false)
                .onUnhandled(UnhandledPolicy.acknowledge().withLimits(1_000, Duration.ofSeconds(1)))
                .closeTimeout(Duration.ofMillis(500));
    }

    private void publish(String topic) {
        broker.publish(Message.of(topic, "x").withQos(Qos.AT_LEAST_ONCE));
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1_1", "V5"})
    void do_not_hold_up_those_of_another_subscription_when_theirs_is_closed_under_traffic(ProtocolVersion version) {
        AtomicInteger noise = new AtomicInteger();
        try (MqttClient client = builder(version).build()) {
            client.connect();
            Subscription closed = client.subscribe("noise/#", message -> noise.incrementAndGet());
            client.subscribe("work/#", message -> work.incrementAndGet());
            for (int i = 0; i < 100; i++) {
                publish("noise/" + i);
                publish("work/" + i);
                if (i == 50) {
                    closed.closeAsync();
                }
            }

            await().until(() -> work.get() == 100);
            await().until(() -> broker.pending("c").isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1_1", "V5"})
    void do_not_hold_up_those_that_the_new_version_of_a_program_handles(ProtocolVersion version) {
        try (MqttClient old = builder(version).build()) {
            old.connect();
            old.subscribe("old/#", message -> {});
            old.subscribe("new/#", message -> {});
        }
        try (MqttClient client = builder(version)
                .handler("new/#", message -> work.incrementAndGet())
                .build()) {
            client.connect();
            for (int i = 0; i < 2 * IN_FLIGHT; i++) {
                publish("old/" + i);
            }
            for (int i = 0; i < 100; i++) {
                publish("new/" + i);
            }

            await().atMost(Duration.ofSeconds(40)).until(() -> work.get() == 100);

            await().until(() -> broker.pending("c").isEmpty());
            assertThat(client.statistics().messages().unhandled()).isEqualTo(2 * IN_FLIGHT);
        }
    }
}
