package io.godwit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestBrokerTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;

    @RegisterExtension
    static final TestBrokerExtension BROKER = new TestBrokerExtension();

    @GodwitTest
    void is_given_to_a_test_in_one_line(TestBroker broker, FaultProxy proxy) throws IOException {
        try (PacketClient client = PacketClient.connect(proxy.port(), "x", V3_1_1)) {
            broker.awaitConnected("x", SOON);
            client.send(new Pingreq());
            client.take(Pingresp.class);
        }
    }

    @Test
    void begins_each_test_without_a_memory() {
        assertThat(BROKER.broker().messages()).isEmpty();
        BROKER.broker().publish(Message.of("a", "x").withRetain(true));
        assertThat(BROKER.broker().retained("a")).isNotNull();
    }

    @Test
    void begins_each_test_without_a_memory_too() {
        begins_each_test_without_a_memory();
    }

    @Test
    void tells_what_it_has_seen() throws IOException {
        TestBroker broker = BROKER.broker();
        try (PacketClient client = PacketClient.connect(broker.port(), "x", V3_1_1)) {
            client.send(new Publish(Message.of("a", "hello").withQos(Qos.AT_MOST_ONCE), false, 0, 0));

            SeenMessage seen = broker.awaitMessage(message -> message.topic().equals("a"), SOON);

            assertThat(seen.clientId()).isEqualTo("x");
            assertThat(seen.text()).isEqualTo("hello");
            assertThat(broker.connects()).hasSize(1);
            assertThatThrownBy(() -> broker.awaitConnected("nobody", Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("'nobody'")
                    .hasMessageContaining("[x]");
        }
    }

    @Test
    void refuses_drops_and_goes_away_on_request() throws IOException {
        TestBroker broker = BROKER.broker();
        broker.refuseConnects(3);
        try (PacketClient refused = PacketClient.open(broker.port(), V3_1_1)) {
            refused.sendConnect("x");
            assertThat(refused.take(Connack.class).code()).isEqualTo(3);
            assertThat(refused.ended()).isTrue();
        }
        broker.refuseConnects(0);
        try (PacketClient dropped = PacketClient.connect(broker.port(), "x", V3_1_1)) {
            assertThat(broker.dropConnection("x")).isTrue();
            assertThat(dropped.ended()).isTrue();
        }
        int port = broker.port();
        broker.goOffline();
        assertThatThrownBy(() -> PacketClient.open(port, V3_1_1)).isInstanceOf(ConnectException.class);
        broker.goOnline();
        PacketClient.connect(port, "x", V3_1_1).close();
    }

    @Test
    void has_no_subscriptions_after_a_restart_that_loses_its_state() throws IOException {
        TestBroker broker = BROKER.broker();
        try (PacketClient client = PacketClient.connect(broker.port(), "x", V3_1_1)) {
            client.send(HexFormat.of().parseHex("8206" + "0001" + "0001" + "61" + "00"));
            broker.awaitSubscribed("x", "a", SOON);

            broker.restart(false);

            assertThatThrownBy(() -> broker.awaitSubscribed("x", "a", Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("client 'x' to subscribe to 'a'");
        }
    }

    @Test
    void falls_silent_and_speaks_again() throws IOException {
        TestBroker broker = BROKER.broker();
        try (PacketClient client = PacketClient.connect(broker.port(), "x", V3_1_1)) {
            broker.silent(true);
            client.send(new Pingreq());
            assertThat(client.silentFor(Duration.ofMillis(100))).isTrue();

            broker.silent(false);

            client.take(Pingresp.class);
        }
    }

    @Test
    void moves_its_clock_on() throws IOException {
        TestBroker broker = BROKER.broker();
        try (PacketClient client = PacketClient.connect(broker.port(), "x", V3_1_1)) {
            broker.advance(Duration.ofSeconds(91));

            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void asks_for_credentials() throws IOException {
        try (TestBroker guarded =
                        TestBroker.builder().credentials("user", "secret").start();
                PacketClient client = PacketClient.open(guarded.port(), V3_1_1)) {
            client.sendConnect("x");

            assertThat(client.take(Connack.class).code()).isEqualTo(4);
        }
    }

    @Test
    void leaves_no_thread_behind() {
        try (TestBroker broker = TestBroker.start()) {
            assertThat(broker.uri()).startsWith("mqtt://127.0.0.1:");
        }
        long left = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("mqtt-broker"))
                .count();
        assertThat(left).isEqualTo(1); // the one of this class
    }
}
