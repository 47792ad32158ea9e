package io.godwit.mqtt.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
