package io.godwit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
    private static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;

    private TestBroker broker;
    private FaultProxy proxy;
    private PacketClient client;

    @BeforeEach
    void start() throws IOException {
        broker = TestBroker.start();
        proxy = FaultProxy.to(broker.host(), broker.port());
        client = PacketClient.connect(proxy.port(), "x", V3_1_1);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        broker.close();
    }

    private void ping() throws IOException {
        client.send(new Pingreq());
    }

    @Test
    void lets_everything_pass_without_faults() throws IOException {
        ping();
        client.take(Pingresp.class);
        assertThat(proxy.open()).isEqualTo(1);
    }

    @Test
    void cuts_after_so_many_bytes() throws IOException {
        proxy.toClient(Faults.none().cutAfter(3));
        ping();
        ping();

        assertThat(client.read(10)).containsExactly(0xD0, 0x00, 0xD0);
        broker.awaitDisconnected("x", Duration.ofSeconds(5));
    }

    /** The connection may have ended a moment before; that is not a failure. */
    @Test
    void resets_connections_that_end_at_the_same_time() throws IOException {
        for (int n = 0; n < 200; n++) {
            PacketClient ending = PacketClient.connect(proxy.port(), "y" + n, V3_1_1);
            proxy.toServer(Faults.none().resetAfter(0));
            ending.close();

            proxy.reset();
            proxy.toClient(Faults.none().resetAfter(0));
            proxy.heal();
        }
        assertThat(proxy.open()).isLessThanOrEqualTo(1);
    }

    @Test
    void resets() throws IOException {
        proxy.toServer(Faults.none().resetAfter(1));
        ping();

        assertThat(client.ended()).isTrue();
        broker.awaitDisconnected("x", Duration.ofSeconds(5));
    }

    @Test
    void half_closes() throws IOException {
        proxy.halfCloseToClient();

        assertThat(client.ended()).isTrue();
        assertThat(broker.isConnected("x")).isTrue();
    }

    @Test
    void swallows_and_heals() throws IOException {
        proxy.blackhole();
        ping();
        assertThat(client.silentFor(Duration.ofMillis(100))).isTrue();
        proxy.heal();

        ping();

        client.take(Pingresp.class);
    }

    @Test
    void refuses_and_accepts_again() throws IOException {
        int port = proxy.port();
        proxy.refuse();
        assertThatThrownBy(() -> PacketClient.open(port, V3_1_1)).isInstanceOf(ConnectException.class);
        proxy.accept();

        PacketClient.connect(port, "y", V3_1_1).close();
    }

    @Test
    void delays_and_keeps_the_order() throws IOException {
        proxy.toClient(Faults.none().delay(Duration.ZERO, Duration.ofMillis(30)).fragment(1));
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            ping();
        }
        for (int i = 0; i < 20; i++) {
            client.take(Pingresp.class);
        }
        assertThat(System.nanoTime() - begin).isGreaterThan(1_000_000L);
    }

    @Test
    void throttles() throws IOException {
        proxy.toClient(Faults.none().throttle(100));
        long begin = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            ping();
        }
        client.read(20);
        assertThat(System.nanoTime() - begin).isGreaterThan(100_000_000L);
    }

    @Test
    void corrupts_as_the_seed_says() throws IOException {
        proxy.toClient(Faults.none().corrupt(1));
        ping();

        byte[] changed = client.read(2);

        assertThat(Integer.bitCount(changed[0] & 0xFF ^ 0xD0)).isEqualTo(1);
        assertThat(Integer.bitCount(changed[1] & 0xFF)).isEqualTo(1);
    }
}
