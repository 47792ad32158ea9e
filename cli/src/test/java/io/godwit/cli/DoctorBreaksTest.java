package io.godwit.cli;

import static io.godwit.cli.Examined.doctor;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The doctor when connecting fails other than in TLS: at which step, for which reason, and what to try. */
@DisplayName("godwit doctor, when connecting fails")
class DoctorBreaksTest {

    /** Answers whoever connects with these bytes once anything has come, and then ends the connection; null stays silent. */
    private static final class UnknownPeer implements AutoCloseable {
        private final ServerSocket server;
        private final String answer;
        private final List<Socket> sockets = new ArrayList<>();
        private final Thread thread = new Thread(this::serve, "peer");

        UnknownPeer(String answer) throws IOException {
            this.answer = answer;
            server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            thread.start();
        }

        String at(String scheme) {
            return scheme + "://127.0.0.1:" + server.getLocalPort();
        }

        private void serve() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    sockets.add(socket);
                    if (answer != null) {
                        InputStream in = socket.getInputStream();
                        if (in.read() >= 0) {
                            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                            socket.shutdownOutput();
                            in.transferTo(java.io.OutputStream.nullOutputStream());
                        }
                        socket.close();
                    }
                } catch (IOException e) {
                    continue; // a client has gone, or all is over
                }
            }
        }

        @Override
        public void close() {
            try {
                server.close();
                for (Socket socket : sockets) {
                    socket.close();
                }
                thread.join();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void at_the_address() {
        Examined wrong = doctor("tcp://localhost").ends(ExitCodes.USAGE);
        assertThat(wrong.errors()).contains("use mqtt://");
    }

    @Test
    void at_the_name() throws Exception {
        doctor("mqtt://nobody.invalid")
                .ends(ExitCodes.UNREACHABLE)
                .says("✗ name        cannot resolve the name 'nobody.invalid'", "Failed at: name.", "To try:");
        assertThat(doctor("mqtt://nobody.invalid --json").field("breaksAt")).isEqualTo("name");
    }

    @Test
    void at_a_port_that_nobody_listens_on() {
        try (TestBroker broker = TestBroker.start()) {
            broker.goOffline();
            doctor(broker.uri())
                    .ends(ExitCodes.UNREACHABLE)
                    .says(
                            "✗ network     127.0.0.1:" + broker.port() + " refused the connection",
                            "ss -ltn 'sport = :" + broker.port() + "'");
        }
    }

    @Test
    void at_a_unix_socket_that_is_not_there() {
        doctor("mqtt+unix:///nonexistent/socket")
                .ends(ExitCodes.UNREACHABLE)
                .says("✗ network     no such socket: /nonexistent/socket");
    }

    @Test
    void at_a_server_that_stays_silent() throws Exception {
        try (UnknownPeer silent = new UnknownPeer(null)) {
            doctor(silent.at("mqtt") + " --timeout 200ms")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("✓ network     127.0.0.1 answers", "✗ connect     MQTT 3.1.1: timed out waiting for CONNACK");
        }
    }

    @Test
    void a_signal_ends_an_examination_that_waits() throws Exception {
        try (UnknownPeer silent = new UnknownPeer(null);
                Command doctor = Command.godwit("doctor", silent.at("mqtt"), "--timeout", "1m")) {
            doctor.awaitOutput("127.0.0.1 answers on port");

            doctor.terminate().ends(128 + 15);

            assertThat(doctor.output()).doesNotContain("It breaks at", "\u001b[");
        }
    }

    @Test
    void at_a_web_server() throws Exception {
        try (UnknownPeer web = new UnknownPeer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")) {
            doctor(web.at("mqtt") + " --timeout 2s")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("what answers there is an HTTP server", "godwit doctor " + web.at("ws") + "/mqtt");
        }
    }

    @Test
    void at_the_port_of_another_protocol() throws Exception {
        try (UnknownPeer amqp = new UnknownPeer("AMQP\0\0\u0009\u0001")) {
            doctor(amqp.at("mqtt") + " --timeout 2s")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("what answers there is an AMQP broker; MQTT uses another port");
        }
    }

    @Test
    void at_a_WebSocket_path_that_is_not_there() throws Exception {
        try (UnknownPeer web = new UnknownPeer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) {
            doctor(web.at("ws") + "/there --timeout 2s")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("✗ websocket ", "404 Not Found to GET /there", "another path: brokers use /mqtt, /ws or /");
        }
        try (TestBroker broker = TestBroker.builder().webSocket("/here").start()) {
            doctor(broker.uri()).ends(ExitCodes.OK).says("✓ websocket   the server switches to WebSocket at /here");
        }
    }

    @Test
    void at_a_proxy_that_refuses() throws Exception {
        try (UnknownPeer proxy =
                new UnknownPeer("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")) {
            doctor("mqtt://broker.example:1883 --proxy " + proxy.at("http"))
                    .ends(ExitCodes.UNREACHABLE)
                    .says(
                            "through the proxy " + proxy.at("http"),
                            "✓ network     the proxy 127.0.0.1 answers",
                            "✗ proxy       the proxy ",
                            "it requires credentials");
        }
    }

    @Test
    void at_a_proxy_that_is_not_there() throws Exception {
        String proxy;
        try (UnknownPeer gone = new UnknownPeer(null)) {
            proxy = gone.at("socks5");
        }
        doctor("mqtt://broker.example:1883 --proxy " + proxy)
                .ends(ExitCodes.UNREACHABLE)
                .says("✗ proxy       cannot reach the proxy " + proxy);
    }

    @Test
    void at_the_user_or_the_password() throws Exception {
        try (TestBroker broker =
                TestBroker.builder().credentials("me", "secret").start()) {
            doctor(broker.uri())
                    .ends(ExitCodes.NOT_AUTHORIZED)
                    .says(
                            "✗ connect     MQTT 3.1: ",
                            "✗ connect     MQTT 3.1.1: ",
                            "✗ connect     MQTT 5: ",
                            "the broker requires a user: -u NAME --password-env VAR");

            Examined json = doctor(broker.uri() + " -V 5 -u me -P wrong --json").ends(ExitCodes.NOT_AUTHORIZED);
            assertThat(json.field("reason")).isEqualTo("bad_user_name_or_password");
            json.doesNotSay("wrong\"");
        }
    }

    @Test
    void at_a_broker_that_has_no_room() {
        try (TestBroker broker = TestBroker.start()) {
            broker.refuseConnects(3);
            doctor(broker.uri() + " -V 311").ends(ExitCodes.REFUSED).says("try again later");
        }
    }
}
