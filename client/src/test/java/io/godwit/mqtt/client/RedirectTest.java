package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.ScriptedBroker;
import io.godwit.testkit.TestBroker;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Redirects, MQTT 5 section 4.11")
class RedirectTest {
    private static final ProtocolVersion V5 = ProtocolVersion.V5;

    /** A broker that redirects every client. */
    private static ScriptedBroker redirecting(String reference) {
        return ScriptedBroker.builder()
                .connection(script -> script.expectConnect(V5)
                        .send(
                                new Connack(
                                        false,
                                        ReasonCode.USE_ANOTHER_SERVER.code(),
                                        MqttProperties.of(Property.SERVER_REFERENCE, reference)),
                                V5)
                        .expectEnd())
                .repeatLast()
                .start();
    }

    private static MqttClientBuilder builder(String... servers) {
        MqttClientBuilder builder = MqttClient.builder()
                .protocol(V5)
                .clientId("moved")
                .credentials("ann", "secret")
                .callTimeout(Duration.ofSeconds(10))
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)));
        for (String server : servers) {
            builder.server(server);
        }
        return builder;
    }

    private static String failure(MqttClientBuilder builder) {
        try (MqttClient client = builder.build()) {
            MqttConnectException failure = catchThrowableOfType(MqttConnectException.class, client::connect);
            assertThat(failure).isNotNull();
            return failure.getMessage();
        }
    }

    @Test
    void by_default_a_redirect_is_not_followed_and_the_failure_names_the_server() {
        try (TestBroker other = TestBroker.start();
                ScriptedBroker first = redirecting("127.0.0.1:" + other.port())) {
            assertThat(failure(builder(first.uri())))
                    .contains("the broker names mqtt://127.0.0.1:" + other.port())
                    .contains("redirects(Redirects.follow())");
            assertThat(other.connects()).isEmpty();
        }
    }

    @Test
    void credentials_do_not_follow_to_another_authority() {
        try (TestBroker other = TestBroker.start();
                ScriptedBroker first = redirecting("mqtt://eve:x@127.0.0.1:" + other.port());
                MqttClient client =
                        builder(first.uri()).redirects(Redirects.follow()).build()) {
            client.connect();

            assertThat(other.connects()).hasSize(1);
            assertThat(other.connects().get(0).username()).isNull();
            assertThat(other.connects().get(0).password()).isNull();
        }
    }

    @Test
    void credentials_follow_to_a_server_that_is_named() {
        for (String named : List.of("127.0.0.1", "127.0.0.1:PORT")) {
            try (TestBroker other = TestBroker.start();
                    ScriptedBroker first = redirecting("127.0.0.1:" + other.port());
                    MqttClient client = builder(first.uri())
                            .redirects(Redirects.follow()
                                    .withCredentialsTo(named.replace("PORT", String.valueOf(other.port()))))
                            .build()) {
                client.connect();

                assertThat(other.connects().get(0).username()).isEqualTo("ann");
            }
        }
    }

    @Test
    @DisplayName("credentials that belong to the address go along as those of the builder do")
    void credentials_in_the_address_follow_to_a_server_that_is_named() {
        try (TestBroker other = TestBroker.start();
                ScriptedBroker first = redirecting("127.0.0.1:" + other.port());
                MqttClient named = builder(first.uri().replace("mqtt://", "mqtt://bob:b@"))
                        .redirects(Redirects.follow().withCredentialsTo("127.0.0.1"))
                        .build();
                MqttClient unnamed = builder(first.uri().replace("mqtt://", "mqtt://bob:b@"))
                        .clientId("unnamed")
                        .redirects(Redirects.follow())
                        .build()) {
            named.connect();
            unnamed.connect();

            assertThat(other.connects().get(0).username()).isEqualTo("bob");
            assertThat(other.connects().get(1).username()).isNull();
        }
    }

    @Test
    void names_of_servers_have_a_form() {
        Redirects redirects = Redirects.follow().withCredentialsTo("*.example.com", "b.test:1884");

        assertThat(redirects.isTrusted(address("mqtts://a.example.com"))).isTrue();
        assertThat(redirects.isTrusted(address("mqtts://A.B.EXAMPLE.COM"))).isTrue();
        assertThat(redirects.isTrusted(address("mqtts://example.com"))).isFalse();
        assertThat(redirects.isTrusted(address("mqtts://evilexample.com"))).isFalse();
        assertThat(redirects.isTrusted(address("mqtt://b.test:1884"))).isTrue();
        assertThat(redirects.isTrusted(address("mqtt://b.test"))).isFalse();
        for (String invalid : List.of("", "*.", "*", "a*", "mqtt://a", "u@a", "a/b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Redirects.follow().withCredentialsTo(invalid));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Redirects.follow().withCredentialsTo());
    }

    private static ServerAddress address(String text) {
        return ServerAddress.parse(text);
    }

    @Test
    void a_reference_that_is_no_server_or_a_unix_socket_is_not_followed() {
        for (String reference : List.of("mqtt://", "ftp://x", "mqtt+unix:///run/broker.sock", "a:b:c")) {
            try (ScriptedBroker first = redirecting(reference)) {
                assertThat(failure(builder(first.uri()).redirects(Redirects.follow())))
                        .contains("its redirect was not followed");
            }
        }
    }

    @Test
    void the_first_usable_server_of_a_list_is_used() {
        try (TestBroker other = TestBroker.start();
                ScriptedBroker first = redirecting("mqtt+unix:///x 127.0.0.1:" + other.port());
                MqttClient client =
                        builder(first.uri()).redirects(Redirects.follow()).build()) {
            client.connect();

            assertThat(other.connects()).hasSize(1);
        }
    }

    @Test
    void a_circle_of_redirects_ends() throws IOException {
        try (ServerSocketPort port = new ServerSocketPort();
                ScriptedBroker second = redirecting("127.0.0.1:" + port.number);
                ScriptedBroker first = redirecting("127.0.0.1:" + second.port())) {
            port.forwardTo(first.port());

            assertThat(failure(builder(first.uri()).redirects(Redirects.follow())))
                    .contains("redirect 4 in a row");
        }
    }

    @Test
    @DisplayName("three failed redirects do not disable later ones: the server that was away is used once it is back")
    void failed_redirects_do_not_disable_later_ones() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> failures = new CopyOnWriteArrayList<>();
        try (ScriptedBroker first = redirecting("127.0.0.1:" + port);
                MqttClient client = builder(first.uri())
                        .redirects(Redirects.follow())
                        .retryFirst(true)
                        .listener(new ClientListener() {
                            @Override
                            public void connectFailed(MqttClient from, ConnectFailure failure, Duration next) {
                                failures.add(failure.text());
                            }
                        })
                        .build()) {
            client.connectAsync();
            await().until(() -> failures.size() >= 6);

            assertThat(failures).allMatch(text -> text.contains(":" + port + " refused the connection"));
            try (TestBroker back = TestBroker.builder().port(port).start()) {
                back.awaitConnected("moved", Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void a_redirect_never_leaves_tls() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
        try (TestBroker plain = TestBroker.start();
                ServerSocket secure =
                        context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            for (String reference : List.of(plain.uri(), "ws://127.0.0.1:" + plain.port())) {
                Thread server = new Thread(() -> redirect(secure, reference), "redirecting-server");
                server.start();
                TransportOptions options = TransportOptions.to("mqtts://localhost:" + secure.getLocalPort()).toBuilder()
                        .resolver(host -> List.of(InetAddress.getByName("127.0.0.1")))
                        .tls(Tls.builder().ca(certificate.getCertificatePEM()).build())
                        .build();

                assertThat(failure(builder()
                                .transport(options)
                                .redirects(Redirects.follow().withCredentialsTo("127.0.0.1"))))
                        .contains("would be reached without TLS");
                server.join();
            }
            assertThat(plain.connects()).isEmpty();
        }
    }

    /** Reads CONNECT and answers 0x9C. */
    private static void redirect(ServerSocket server, String reference) {
        try (Socket socket = server.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readUnsignedByte();
            in.readFully(new byte[in.readUnsignedByte()]);
            byte[] to = reference.getBytes(StandardCharsets.UTF_8);
            byte[] head = {
                0x20, (byte) (to.length + 6), 0, (byte) 0x9c, (byte) (to.length + 3), 0x1c, 0, (byte) to.length
            };
            socket.getOutputStream().write(head);
            socket.getOutputStream().write(to);
            socket.getOutputStream().flush();
            in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port that is known before the server behind it starts. */
    private static final class ServerSocketPort implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int number = socket.getLocalPort();

        ServerSocketPort() throws IOException {}

        void forwardTo(int port) {
            Thread thread = new Thread(
                    () -> {
                        while (!socket.isClosed()) {
                            try (Socket client = socket.accept();
                                    Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                                Thread back = new Thread(() -> copy(server, client), "forward-back");
                                back.start();
                                copy(client, server);
                                back.join();
                            } catch (IOException | InterruptedException ended) {
                                continue;
                            }
                        }
                    },
                    "forward");
            thread.setDaemon(true);
            thread.start();
        }

        private static void copy(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
            } catch (IOException ended) {
                return;
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
