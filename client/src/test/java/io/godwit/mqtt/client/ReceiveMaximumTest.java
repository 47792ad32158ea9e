package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A broker that sends more unacknowledged messages than the client's Receive Maximum. */
class ReceiveMaximumTest {
    private static final String TWO = "32 08 0001 74 0001 00 6f6b 32 08 0001 74 0002 00 6f6b";
    private static final String THIRD = "32 08 0001 74 0003 00 6f6b";
    private static final String FOURTH = "32 08 0001 74 0004 00 6f6b";

    private final List<String> messages = new CopyOnWriteArrayList<>();

    private MqttClient client(ScriptedBroker broker) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .receiveMaximum(2)
                .receiveMaximumTolerance(1)
                .reconnect(Reconnect.never())
                .closeTimeout(Duration.ofMillis(100))
                .manualHandler("t", (message, acknowledgement) -> messages.add(message.text()))
                .build();
    }

    @Test
    @DisplayName("[MQTT-3.3.4-9] as many more as are tolerated are taken, and the next one ends the connection")
    void a_broker_that_miscounts_is_tolerated_as_far_as_was_said() {
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(ProtocolVersion.V5)
                        .send(TWO)
                        .send(THIRD)
                        .run(() -> await().until(() -> messages.size() == 3))
                        .send(FOURTH)
                        .expect(PacketType.DISCONNECT, ProtocolVersion.V5));
                MqttClient client = client(broker)) {
            client.connect();

            broker.awaitDone(Duration.ofSeconds(10));
            assertThat(messages).hasSize(3);
        }
    }
}
