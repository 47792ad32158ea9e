package io.godwit.mqtt.client.transport.netty;

import static io.godwit.mqtt.client.transport.netty.WebSocketServer.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.client.net.WebSocketRequest;
import io.godwit.mqtt.client.net.WebSocketRequestSupplier;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.netty.buffer.Unpooled;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("WebSocket")
class WebSocketTest {

    private final NettyTransport transport = new NettyTransport(1);
    private final EventLoop loop = transport.nextLoop();
    private final Recorder recorder = new Recorder(loop);

    @AfterEach
    void close() {
        transport.close();
    }

    private void open(EchoServer server) {
        transport.open(loop, TransportOptions.to("ws://127.0.0.1:" + server.port()), recorder);
    }

    private static EchoServer accepting(ThrowingConsumer script) {
        return new EchoServer(socket -> script.accept(new WebSocketServer(socket).accept()));
    }

    /** What the server does once the upgrade is granted. */
    interface ThrowingConsumer {
        void accept(WebSocketServer server) throws Exception;
    }

    @Test
    void asks_for_the_path_with_subprotocol_and_headers() {
        List<WebSocketServer> asked = new CopyOnWriteArrayList<>();
        try (EchoServer server = new EchoServer(socket -> {
            WebSocketServer webSocket = new WebSocketServer(socket);
            asked.add(webSocket);
            webSocket.accept().echo();
        })) {
            TransportOptions options =
                    TransportOptions.to("ws://user:pw@127.0.0.1:" + server.port() + "/a/b?token=1").toBuilder()
                            .webSocket(WebSocketOptions.builder()
                                    .subprotocol("mqttv3.1")
                                    .header("X-Token", "42")
                                    .build())
                            .build();
            transport.open(loop, options, recorder);
            recorder.connection();

            WebSocketServer request = asked.get(0);
            assertThat(request.requestLine).isEqualTo("GET /a/b?token=1 HTTP/1.1");
            assertThat(request.headers)
                    .containsEntry("host", "127.0.0.1:" + server.port())
                    .containsEntry("upgrade", "websocket")
                    .containsEntry("connection", "Upgrade")
                    .containsEntry("sec-websocket-version", "13")
                    .containsEntry("sec-websocket-protocol", "mqttv3.1")
                    .containsEntry("x-token", "42")
                    .doesNotContainKey("authorization");
        }
    }

    @Test
    void carries_a_megabyte_in_order() {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        try (EchoServer server = accepting(WebSocketServer::echo)) {
            open(server);
            int sent = 0;
            for (int step = 1; sent < bytes.length; step = step * 3 + 1) {
                int next = Math.min(bytes.length, sent + step);
                recorder.send(Arrays.copyOfRange(bytes, sent, next));
                sent = next;
            }

            recorder.awaitBytes(bytes.length);

            assertThat(recorder.bytes()).isEqualTo(bytes);
        }
    }

    @Test
    @DisplayName("bytes may be written from inside connected()")
    void writes_at_once() {
        try (EchoServer server = accepting(WebSocketServer::echo)) {
            Recorder eager = new Recorder(loop) {
                @Override
                public void connected(Connection connection) {
                    super.connected(connection);
                    connection.write(Unpooled.copiedBuffer("at once", UTF_8));
                }
            };
            transport.open(loop, TransportOptions.to("ws://127.0.0.1:" + server.port()), eager);

            eager.awaitText("at once");
        }
    }

    @Test
    @DisplayName("binary frames go out masked, and what was given to write is not altered")
    void masks() {
        List<WebSocketServer.Frame> frames = new CopyOnWriteArrayList<>();
        byte[] mine = "0123456789abc".getBytes(UTF_8);
        try (EchoServer server = accepting(webSocket -> frames.add(webSocket.read()))) {
            open(server);
            recorder.send(mine);

            await().until(() -> !frames.isEmpty());
            assertThat(frames.get(0).opcode()).isEqualTo(2);
            assertThat(frames.get(0).masked()).isTrue();
            assertThat(frames.get(0).payload()).isEqualTo(mine);
            assertThat(mine).isEqualTo("0123456789abc".getBytes(UTF_8));
        }
    }

    @Test
    @DisplayName("frames in the same bytes as the upgrade, several at once, in pieces, with a ping between")
    void frames_in_all_shapes() {
        List<WebSocketServer.Frame> pongs = new CopyOnWriteArrayList<>();
        try (EchoServer server = new EchoServer(socket -> {
            WebSocketServer webSocket = new WebSocketServer(socket);
            webSocket.send(
                    webSocket.granted("mqtt"),
                    frame(0x82, "one".getBytes(UTF_8)),
                    frame(0x82, new byte[0]),
                    frame(0x82, "two".getBytes(UTF_8)),
                    frame(0x02, "th".getBytes(UTF_8)),
                    frame(0x89, "are you there".getBytes(UTF_8)),
                    frame(0x00, "r".getBytes(UTF_8)),
                    frame(0x80, "ee".getBytes(UTF_8)));
            byte[] four = frame(0x82, "four".getBytes(UTF_8));
            for (byte each : four) {
                webSocket.send(new byte[] {each});
            }
            pongs.add(webSocket.read());
            webSocket.send(frame(0x8a, new byte[0]), frame(0x82, "five".getBytes(UTF_8)));
            webSocket.read();
        })) {
            open(server);

            recorder.awaitText("onetwothreefourfive");
            assertThat(pongs.get(0).opcode()).isEqualTo(10);
            assertThat(pongs.get(0).masked()).isTrue();
            assertThat(pongs.get(0).payload()).isEqualTo("are you there".getBytes(UTF_8));
        }
    }

    @Test
    @DisplayName("[MQTT-6.0.0-1] a text frame ends the connection")
    void text_frame() {
        try (EchoServer server = accepting(webSocket -> {
            webSocket.send(frame(0x82, "good".getBytes(UTF_8)));
            webSocket.read();
            webSocket.send(frame(0x81, "text".getBytes(UTF_8)));
            webSocket.read();
        })) {
            open(server);
            recorder.awaitText("good");
            recorder.send("x");

            assertThat(recorder.end()).isInstanceOf(IOException.class).hasMessageContaining("text frame");
        }
    }

    @ParameterizedTest
    @CsvSource({"0xC2, reserved bit", "0x80, not started", "0x83, reserved opcode", "0x09, is fragmented"})
    void frames_that_are_not_allowed(String first, String reason) {
        try (EchoServer server = accepting(webSocket -> {
            webSocket.send(frame(Integer.decode(first), "x".getBytes(UTF_8)));
            webSocket.read();
        })) {
            open(server);

            assertThat(recorder.end()).isInstanceOf(IOException.class).hasMessageContaining(reason);
        }
    }

    @Test
    @DisplayName("a frame of any announced length costs no memory before its bytes arrive")
    void huge_frame() {
        try (EchoServer server = accepting(webSocket -> {
            webSocket.send(new byte[] {(byte) 0x82, 127, 0x7f, -1, -1, -1, -1, -1, -1, -1}, "begin".getBytes(UTF_8));
            webSocket.read();
        })) {
            open(server);

            recorder.awaitText("begin");
        }
    }

    @Test
    void the_server_says_goodbye() {
        List<WebSocketServer.Frame> answers = new CopyOnWriteArrayList<>();
        try (EchoServer server = accepting(webSocket -> {
            webSocket.send(frame(0x88, new byte[] {3, (byte) 0xe8}));
            answers.add(webSocket.read());
        })) {
            open(server);

            assertThat(recorder.end()).isNull();
            await().until(() -> !answers.isEmpty());
            assertThat(answers.get(0).opcode()).isEqualTo(8);
        }
    }

    @Test
    void the_server_says_goodbye_in_anger() {
        try (EchoServer server = accepting(webSocket -> {
            webSocket.send(frame(0x88, new byte[] {3, (byte) 0xea, 'b', 'a', 'd'}));
            webSocket.read();
        })) {
            open(server);

            assertThat(recorder.end()).hasMessageContaining("status 1002: bad");
        }
    }

    @Test
    @DisplayName("close(true): what was written, then a close frame, then the end")
    void says_goodbye() {
        List<WebSocketServer.Frame> frames = new CopyOnWriteArrayList<>();
        try (EchoServer server = accepting(webSocket -> {
            frames.add(webSocket.read());
            frames.add(webSocket.read());
        })) {
            open(server);
            recorder.send("last words");
            recorder.connection().close(true);

            assertThat(recorder.end()).isNull();
            await().until(() -> frames.size() == 2);
            assertThat(frames.get(0).payload()).isEqualTo("last words".getBytes(UTF_8));
            assertThat(frames.get(1).opcode()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404 Not Found, no WebSocket at this path",
        "401 Unauthorized, requires credentials",
        "200 OK, instead of switching",
        "302 Found, redirects are not followed"
    })
    void refusals(String status, String reason) {
        try (EchoServer server = new EchoServer(socket -> {
            new WebSocketServer(socket).send(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n").getBytes(UTF_8));
            socket.getInputStream().read();
        })) {
            open(server);

            TransportException failure = recorder.failure();
            assertThat(failure.phase()).isEqualTo(ConnectPhase.WEBSOCKET);
            assertThat(failure).hasMessageContaining(status).hasMessageContaining(reason);
        }
    }

    @Test
    @DisplayName("a redirect is never followed, and the message shows no credentials of its target")
    void a_redirect_shows_no_secrets() {
        List<WebSocketServer> asked = new CopyOnWriteArrayList<>();
        try (EchoServer elsewhere = new EchoServer(socket -> asked.add(new WebSocketServer(socket)));
                EchoServer server = new EchoServer(socket -> {
                    new WebSocketServer(socket)
                            .send(("HTTP/1.1 302 Found\r\nLocation: ws://u:SECRET@127.0.0.1:" + elsewhere.port()
                                            + "/x?sig=SECRET\r\nContent-Length: 0\r\n\r\n")
                                    .getBytes(UTF_8));
                    socket.getInputStream().read();
                })) {
            open(server);

            assertThat(recorder.failure())
                    .hasMessageContaining("it redirects to ws://127.0.0.1:" + elsewhere.port() + "/x;")
                    .hasMessageNotContaining("SECRET");
            assertThat(asked).isEmpty();
        }
    }

    @Test
    @DisplayName("a supplier is called before each attempt, off the event loop, for URLs and tokens that expire")
    void path_and_headers_from_a_supplier() {
        List<WebSocketServer> asked = new CopyOnWriteArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        List<Boolean> onLoop = new CopyOnWriteArrayList<>();
        try (EchoServer server = new EchoServer(socket -> {
            WebSocketServer webSocket = new WebSocketServer(socket);
            asked.add(webSocket);
            webSocket.accept().echo();
        })) {
            WebSocketOptions expiring = WebSocketOptions.builder()
                    .header("X-Fixed", "1")
                    .header("Authorization", "old")
                    .requests(address -> {
                        onLoop.add(loop.inLoop());
                        assertThat(address.user()).isNull();
                        int call = calls.incrementAndGet();
                        return new WebSocketRequest("/mqtt?call=" + call, Map.of("Authorization", "Bearer " + call));
                    })
                    .build();
            TransportOptions options = TransportOptions.to("ws://u:p@127.0.0.1:" + server.port() + "/other").toBuilder()
                    .webSocket(expiring)
                    .build();
            for (int attempt = 1; attempt <= 2; attempt++) {
                Recorder each = new Recorder(loop);
                transport.open(loop, options, each);
                each.connection();

                WebSocketServer request = asked.get(attempt - 1);
                assertThat(request.requestLine).isEqualTo("GET /mqtt?call=" + attempt + " HTTP/1.1");
                assertThat(request.headers)
                        .containsEntry("authorization", "Bearer " + attempt)
                        .containsEntry("x-fixed", "1");
            }
            assertThat(onLoop).containsOnly(false);
        }
    }

    @Test
    @DisplayName("a supplier that throws, an Error too, or blocks for too long fails the attempt")
    void a_supplier_that_fails() {
        CountDownLatch interrupted = new CountDownLatch(1);
        Map<WebSocketRequestSupplier, String> suppliers = Map.of(
                address -> {
                    throw new IllegalStateException("no token");
                },
                "no token",
                address -> {
                    throw new StackOverflowError();
                },
                "StackOverflowError",
                address -> null,
                "returned null",
                address -> {
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        interrupted.countDown();
                    }
                    return WebSocketRequest.target("/");
                },
                "timed out after 200 ms");
        suppliers.forEach((supplier, message) -> {
            Recorder each = new Recorder(loop);
            transport.open(
                    loop,
                    TransportOptions.to("ws://127.0.0.1:1").toBuilder()
                            .handshakeTimeout(Duration.ofMillis(200))
                            .webSocket(WebSocketOptions.builder()
                                    .requests(supplier)
                                    .build())
                            .build(),
                    each);

            assertThat(each.failure()).hasMessageContaining(message);
            assertThat(each.failure().phase()).isEqualTo(ConnectPhase.WEBSOCKET);
        });
        await().until(() -> interrupted.getCount() == 0);
    }

    @Test
    void no_http_server() {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getOutputStream().write(new byte[] {0x20, 2, 0, 0, '\r', '\n', '\r', '\n'});
            socket.getInputStream().read(new byte[4096]);
        })) {
            open(server);

            assertThat(recorder.failure()).hasMessageContaining("is this its WebSocket port?");
        }
    }

    @Test
    void hangs_up_instead_of_an_answer() {
        try (EchoServer server =
                new EchoServer(socket -> socket.getInputStream().read(new byte[4096]))) {
            open(server);

            assertThat(recorder.failure()).hasMessageContaining("closed the connection without an answer");
        }
    }

    @Test
    void the_upgrade_has_a_time_limit() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            TransportOptions options = TransportOptions.to("ws://127.0.0.1:" + server.port()).toBuilder()
                    .handshakeTimeout(Duration.ofMillis(200))
                    .build();
            transport.open(loop, options, recorder);

            TransportException failure = recorder.failure();
            assertThat(failure.isTimeout()).isTrue();
            assertThat(failure.phase()).isEqualTo(ConnectPhase.WEBSOCKET);
        } finally {
            hold.countDown();
        }
    }

    @Test
    @DisplayName("wss: over TLS, a megabyte in order")
    void over_tls() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=127.0.0.1")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        byte[] bytes = new byte[1 << 20];
        new Random(2).nextBytes(bytes);
        try (EchoServer server = TlsTest.server(
                certificate, socket -> new WebSocketServer(socket).accept().echo())) {
            TransportOptions options = TransportOptions.to("wss://127.0.0.1:" + server.port()).toBuilder()
                    .tls(Tls.builder().ca(certificate.getCertificatePEM()).build())
                    .build();
            transport.open(loop, options, recorder);
            recorder.send(bytes);
            recorder.awaitBytes(bytes.length);

            assertThat(recorder.bytes()).isEqualTo(bytes);
            assertThat(recorder.connection().describe()).contains("wss://").contains("TLSv1.3");
            recorder.connection().close(true);
            assertThat(recorder.end()).isNull();
        }
    }
}
