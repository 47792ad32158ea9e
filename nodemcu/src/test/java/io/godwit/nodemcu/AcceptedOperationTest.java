package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P13, P14: a callback belongs to an operation that was accepted, and an exception in it is not lost. */
class AcceptedOperationTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<Warning> warnings = Collections.synchronizedList(new ArrayList<>());

    private Mqtt client(ProtocolVersion version) {
        return Mqtt.client(
                new MqttParameters("accepted", 60, null, null, true, 0),
                MqttSettings.defaults().withVersion(version).withWarnings(warnings::add));
    }

    private void connect(Mqtt client, ScriptedBroker broker) {
        client.connect("127.0.0.1", broker.port(), Secure.off(), false, c -> seen.add("connected"), null);
        await().atMost(SOON).until(() -> seen.contains("connected"));
    }

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P13: a refused publish leaves the callback of the one before alone")
    void a_refused_publish_does_not_take_the_callback(ProtocolVersion version) {
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(version)
                .expect(PacketType.PUBLISH, version)
                .send("40 02 00 01")
                .stall())) {
            Mqtt client = client(version);
            connect(client, broker);

            boolean accepted = client.publish("a", "1", 1, false, c -> seen.add("first"));
            boolean refused = client.publish("a/#", "2", 1, false, c -> seen.add("second"));

            assertThat(accepted).isTrue();
            assertThat(refused).isFalse();
            await().atMost(SOON).until(() -> seen.contains("first"));
            assertThat(seen).doesNotContain("second");
            client.close();
        }
    }

    @Test
    @DisplayName("P14: a partly refused subscription does not call the success function")
    void a_partly_refused_subscription_has_not_succeeded() {
        // 3.1 has no code for a refused subscription.
        ProtocolVersion version = ProtocolVersion.V3_1_1;
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(version)
                .expect(PacketType.SUBSCRIBE, version)
                .send("90 04 00 01 00 80")
                .stall())) {
            Mqtt client = client(version);
            connect(client, broker);
            Map<String, Integer> topics = new LinkedHashMap<>();
            topics.put("a", 0);
            topics.put("b", 0);

            client.subscribe(topics, c -> seen.add("subscribed"));

            await().atMost(SOON)
                    .until(() ->
                            warnings.stream().anyMatch(w -> w.text().contains("the broker refused some of [a, b]")));
            assertThat(seen).doesNotContain("subscribed");
            client.close();
        }
    }

    @Test
    void an_exception_in_the_connected_function_does_not_keep_on_connect_from_running() {
        try (ScriptedBroker broker = ScriptedBroker.start(
                script -> script.accept(ProtocolVersion.V3_1_1).stall())) {
            Mqtt client = client(ProtocolVersion.V3_1_1);
            client.on("connect", c -> seen.add("on connect"));

            client.connect(
                    "127.0.0.1",
                    broker.port(),
                    Secure.off(),
                    false,
                    c -> {
                        throw new IllegalStateException("a bug in the application");
                    },
                    null);

            await().atMost(SOON).until(() -> seen.contains("on connect"));
            client.close();
        }
    }

    @Test
    @DisplayName("P4: a path is not PEM text, whatever lies there")
    void a_path_is_not_pem_text() {
        assertThatThrownBy(() -> Secure.pem("/etc/ssl/ca.pem", null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("ca_cert is not PEM text");
    }

    @Test
    void tls_without_a_ca_warns_that_nothing_is_verified() {
        Mqtt client = client(ProtocolVersion.V3_1_1);

        client.connect("127.0.0.1", 1, Secure.pem(null, null, null), false, null, null);

        assertThat(warnings).anyMatch(warning -> warning.type() == WarningType.TLS_UNVERIFIED);
        client.close();
    }
}
