package io.godwit.cli.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.bridge.BridgeRule.Direction;
import io.godwit.cli.bridge.BridgeRule.Side;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BridgeStartTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Broker A sends it only once on a connection, so it must not be left to A. */
    @Test
    void a_message_that_arrives_before_the_other_side_connects_crosses_later() throws Exception {
        BlockingQueue<String> notes = new LinkedBlockingQueue<>();
        BridgeRule all = new BridgeRule("#", Direction.A_TO_B, "", "", Qos.EXACTLY_ONCE);
        Bridge bridge = new Bridge("test", List.of(all), notes::add);
        try (TestBroker a = TestBroker.start();
                TestBroker b = TestBroker.start();
                MqttClient clientA = bridge.client(Side.A, MqttClient.builder().server(a.uri()));
                MqttClient clientB = bridge.client(Side.B, MqttClient.builder().server(b.uri()))) {
            clientA.connect();
            clientA.subscribe("#", message -> {});
            a.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));
            assertThat(notes.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).contains("did not cross", "still has it");

            clientB.connect();

            b.awaitMessage(seen -> seen.message().topic().equals("t"), LIMIT);
        }
    }
}
