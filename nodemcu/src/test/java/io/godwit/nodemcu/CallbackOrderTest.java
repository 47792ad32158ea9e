package io.godwit.nodemcu;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Callbacks run in the order of the packets that caused them. The broker sends both packets in one segment. {@code
 * -Dgodwit.order.rounds=1000} repeats each case so many times.
 */
@Timeout(600)
@DisplayName("Order of NodeMCU's callbacks")
class CallbackOrderTest {
    private static final int ROUNDS = Integer.getInteger("godwit.order.rounds", 50);
    private static final String CONNACK = "20 02 00 00";
    private static final String MESSAGE = "30 04 00 01 74 78";

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private static ScriptedBroker broker(Consumer<BrokerScript> script) {
        return ScriptedBroker.builder().connection(script).repeatLast().start();
    }

    private Mqtt client(ProtocolVersion version) {
        Mqtt client = Mqtt.client(
                new MqttParameters("c", 60, null, null, true, 0),
                MqttSettings.defaults().withVersion(version));
        client.on("message", (on, topic, data) -> events.add("message"));
        return client;
    }

    private void assertOrder(String first) throws InterruptedException {
        assertThat(List.of(next(), next())).containsExactly(first, "message");
    }

    private String next() throws InterruptedException {
        return String.valueOf(events.poll(10, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @EnumSource(names = "V5", mode = EnumSource.Mode.EXCLUDE)
    void connected_comes_before_a_message_behind_connack_and_the_message_can_be_answered(ProtocolVersion version)
            throws Exception {
        try (ScriptedBroker broker = broker(
                script -> script.expectConnect(version).send(CONNACK + MESSAGE).stall())) {
            for (int round = 0; round < ROUNDS; round++) {
                Mqtt client = client(version);
                client.on(
                        "message",
                        (on, topic, data) -> events.add(on.publish("reply", "x", 0, false) ? "message" : "refused"));

                client.connect("127.0.0.1", broker.port(), Secure.off(), false, on -> events.add("connected"), null);

                assertOrder("connected");
                client.powerOff();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "V5", mode = EnumSource.Mode.EXCLUDE)
    void subscribed_comes_before_a_message_behind_suback(ProtocolVersion version) throws Exception {
        try (ScriptedBroker broker = broker(script -> script.expectConnect(version)
                .send(CONNACK)
                .expect("82 06 00 01 00 01 74 00")
                .send("90 03 00 01 00" + MESSAGE)
                .stall())) {
            for (int round = 0; round < ROUNDS; round++) {
                Mqtt client = client(version);

                client.connect(
                        "127.0.0.1",
                        broker.port(),
                        Secure.off(),
                        false,
                        connected -> connected.subscribe("t", 0, on -> events.add("subscribed")),
                        null);

                assertOrder("subscribed");
                client.powerOff();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "V5", mode = EnumSource.Mode.EXCLUDE)
    void sent_comes_before_the_echo_of_a_publish_of_qos_0(ProtocolVersion version) throws Exception {
        try (ScriptedBroker broker = broker(script -> script.expectConnect(version)
                .send(CONNACK)
                .expect(MESSAGE)
                .send(MESSAGE)
                .stall())) {
            for (int round = 0; round < ROUNDS; round++) {
                Mqtt client = client(version);

                client.connect(
                        "127.0.0.1",
                        broker.port(),
                        Secure.off(),
                        false,
                        connected -> connected.publish("t", "x", 0, false, on -> events.add("sent")),
                        null);

                assertOrder("sent");
                client.powerOff();
            }
        }
    }
}
