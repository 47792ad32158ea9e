package io.godwit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptedBrokerTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;

    @Test
    void expects_bytes_and_sends_bytes() throws IOException {
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(V3_1_1)
                        .expect("C0 00")
                        .sendSlowly("D0 00", Duration.ofMillis(5))
                        .expect(PacketType.PINGREQ, V3_1_1)
                        .expectEnd());
                PacketClient client = PacketClient.connect(broker.port(), "x", V3_1_1)) {
            client.send(new Pingreq());
            client.take(Pingresp.class);
            client.send(new Pingreq());
            client.close();

            broker.awaitDone(SOON);

            assertThat(broker.received()).hasSize(2);
        }
    }

    @Test
    void shows_where_bytes_differ() throws IOException {
        ScriptedBroker broker = ScriptedBroker.start(script -> script.expect("C0 ?? 01"));
        try (PacketClient client = PacketClient.open(broker.port(), V3_1_1)) {
            client.send(new byte[] {(byte) 0xC0, 5, 2});

            assertThatThrownBy(() -> broker.awaitDone(SOON))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("connection 1, step 1 of 1")
                    .hasMessageContaining("byte 2")
                    .hasMessageContaining("expected: c0 ?? 01")
                    .hasMessageContaining("actual:   c0 05 02");
            assertThat(client.ended()).isTrue();
        }
        broker.close();
    }

    @Test
    void a_failure_that_nobody_asked_for_comes_with_close() throws IOException {
        ScriptedBroker broker = ScriptedBroker.start(script -> script.expect("C0 00"));
        try (PacketClient client = PacketClient.open(broker.port(), V3_1_1)) {
            client.send(new byte[] {1});
            assertThat(client.ended()).isTrue();
        }
        assertThatThrownBy(broker::close).isInstanceOf(AssertionError.class);
    }

    @Test
    void plays_one_script_per_connection() throws IOException {
        try (ScriptedBroker broker = ScriptedBroker.builder()
                .connection(script -> script.accept(V3_1_1).reset())
                .connection(script -> script.expectConnect(V3_1_1).sendConnack(V3_1_1, true))
                .start()) {
            PacketClient first = PacketClient.connect(broker.port(), "x", V3_1_1);
            assertThat(first.ended()).isTrue();
            PacketClient second = PacketClient.open(broker.port(), V3_1_1);
            second.sendConnect("x");
            assertThat(second.take(Connack.class).sessionPresent()).isTrue();
            broker.awaitDone(SOON);
            PacketClient third = PacketClient.open(broker.port(), V3_1_1);
            assertThat(third.ended()).isTrue();
        }
    }
}
