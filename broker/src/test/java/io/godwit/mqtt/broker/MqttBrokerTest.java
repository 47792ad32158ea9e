package io.godwit.mqtt.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The embedded broker over a real socket, byte by byte. */
class MqttBrokerTest {
    private static final String CONNECT = "100d00044d515454040200000001" + "78";
    private static final String CONNECTED = "20020000";

    private static Socket open(MqttBroker broker) throws IOException {
        Socket socket = new Socket(broker.host(), broker.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static void send(Socket socket, String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex));
    }

    private static String read(Socket socket, int bytes) throws IOException {
        return HexFormat.of().formatHex(socket.getInputStream().readNBytes(bytes));
    }

    @Test
    void delivers_what_it_publishes_itself() throws IOException {
        try (MqttBroker broker = MqttBroker.start();
                Socket client = open(broker)) {
            send(client, CONNECT + "8206000100016100");
            assertThat(read(client, 9)).isEqualTo(CONNECTED + "9003000100");

            int sessions = broker.publish(Message.of("a", "!").withQos(Qos.AT_MOST_ONCE));

            assertThat(sessions).isEqualTo(1);
            assertThat(read(client, 6)).isEqualTo("300400016121");
            assertThat(broker.subscriptions("x")).containsExactly("a");
        }
    }

    @Test
    void reports_to_its_listener() throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        BrokerListener listener = new BrokerListener() {
            @Override
            public void published(@Nullable String clientId, Message message) {
                messages.add(clientId + " " + message.topic() + " " + message.text());
            }
        };
        try (MqttBroker broker = MqttBroker.builder().listener(listener).start();
                Socket client = open(broker)) {

            send(client, CONNECT + "300400016121");

            assertThat(messages.poll(5, TimeUnit.SECONDS)).isEqualTo("x a !");
        }
    }

    @Test
    void refuses_a_client_with_the_wrong_password() throws IOException {
        try (MqttBroker broker =
                        MqttBroker.builder().credentials("user", "secret").start();
                Socket client = open(broker)) {

            send(client, CONNECT);

            assertThat(read(client, 5)).isEqualTo("20020004");
        }
    }

    @Test
    void drops_a_connection_on_request() throws IOException {
        try (MqttBroker broker = MqttBroker.start();
                Socket client = open(broker)) {
            send(client, CONNECT);
            assertThat(read(client, 4)).isEqualTo(CONNECTED);

            assertThat(broker.faults().dropConnection("x")).isTrue();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** What is half done when the memory is exhausted is unknown, so the broker must not stay up as if nothing was. */
    @Test
    void ends_and_says_so_when_the_memory_is_exhausted() throws Exception {
        BrokerListener exhausted = new BrokerListener() {
            @Override
            public void published(@Nullable String clientId, Message message) {
                throw new OutOfMemoryError("for the test");
            }
        };
        try (MqttBroker broker = MqttBroker.builder().listener(exhausted).start();
                Socket client = open(broker)) {
            send(client, CONNECT + "300400016121");

            assertThatThrownBy(() -> broker.closed().get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(OutOfMemoryError.class);
            assertThat(client.getInputStream().readAllBytes()).hasSizeLessThan(5);
            await().untilAsserted(() -> assertThatThrownBy(() -> open(broker)).isInstanceOf(ConnectException.class));
        }
    }

    @Test
    void completes_closed_when_it_is_closed() {
        MqttBroker broker = MqttBroker.start();
        assertThat(broker.closed()).isNotDone();

        broker.close();

        assertThat(broker.closed()).isCompletedWithValue(null);
    }

    /** Without limit, the answers to a client that does not read them would fill the memory. */
    @Test
    void stops_reading_from_a_client_that_does_not_read() throws IOException {
        try (MqttBroker broker = MqttBroker.start();
                Socket client = open(broker)) {
            client.setReceiveBufferSize(4 << 10);
            send(client, CONNECT);
            byte[] pings = new byte[1 << 20];
            for (int at = 0; at < pings.length; at += 2) {
                pings[at] = (byte) 0xC0;
            }
            AtomicLong sent = new AtomicLong();
            Thread flood = new Thread(() -> {
                try {
                    for (int n = 0; n < 200; n++) {
                        client.getOutputStream().write(pings);
                        sent.addAndGet(pings.length);
                    }
                } catch (IOException ended) {
                    // The test ends the connection.
                }
            });
            flood.start();

            await().pollInterval(Duration.ofMillis(300)).until(new Stalled(sent));

            assertThat(sent.get()).isLessThan(100L << 20);
        }
    }

    /** Whether a number is the same as at the last look. */
    private static final class Stalled implements Callable<Boolean> {
        private final AtomicLong number;
        private long before = -1;

        Stalled(AtomicLong number) {
            this.number = number;
        }

        @Override
        public Boolean call() {
            long now = number.get();
            boolean same = now == before;
            before = now;
            return same;
        }
    }

    @Test
    void names_the_port_that_it_cannot_bind() {
        try (MqttBroker broker = MqttBroker.start()) {
            MqttBroker.Builder second = MqttBroker.builder().port(broker.port());
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + broker.port());
        }
    }

    @Test
    void rejects_invalid_settings_with_the_valid_range() {
        assertThatThrownBy(() -> MqttBroker.builder().port(70_000)).hasMessageContaining("0 to 65535");
        assertThatThrownBy(() -> MqttBroker.builder().webSocket("mqtt")).hasMessageContaining("must start with '/'");
        assertThatThrownBy(() -> MqttBroker.builder()
                        .clientCertificates(java.nio.file.Path.of("ca.pem"))
                        .start())
                .hasMessageContaining("tls(");
    }
}
