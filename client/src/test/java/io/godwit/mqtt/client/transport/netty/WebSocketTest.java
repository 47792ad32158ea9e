package io.godwit.mqtt.client.transport.netty;

import static io.godwit.mqtt.client.transport.netty.WebSocketServer.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.netty.buffer.Unpooled;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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
    void asksForThePathWithSubprotocolAndHeaders() {
        List<WebSocketServer> asked = new CopyOnWriteArrayList<>();
        try (EchoServer server = new EchoServer(socket -> {
            WebSocketServer webSocket = new WebSocketServer(socket);
            asked.add(webSocket);
            webSocket.accept().echo();
        })) {
            TransportOptions road =
                    TransportOptions.to("ws://user:pw@127.0.0.1:" + server.port() + "/a/b?token=1").toBuilder()
                            .webSocketSubprotocol("mqttv3.1")
                            .webSocketHeader("X-Token", "42")
                            .build();
            transport.open(loop, road, recorder);
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
    void carriesAMegabyteInOrder() {
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
    void writesAtOnce() {
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
    void framesInAllShapes() {
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
    void textFrame() {
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
    @CsvSource({"0xC2, reserved bit", "0x80, has not begun", "0x83, unknown opcode", "0x09, control frame in pieces"})
    void framesThatAreNotAllowed(String first, String reason) {
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
    void hugeFrame() {
        try (EchoServer server = accepting(webSocket -> {
            webSocket.send(new byte[] {(byte) 0x82, 127, 0x7f, -1, -1, -1, -1, -1, -1, -1}, "begin".getBytes(UTF_8));
            webSocket.read();
        })) {
            open(server);

            recorder.awaitText("begin");
        }
    }

    @Test
    void theServerSaysGoodbye() {
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
    void theServerSaysGoodbyeInAnger() {
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
    void saysGoodbye() {
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
        "401 Unauthorized, wants credentials",
        "200 OK, instead of switching",
        "302 Found, points to"
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
    void noHttpServer() {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getOutputStream().write(new byte[] {0x20, 2, 0, 0, '\r', '\n', '\r', '\n'});
            socket.getInputStream().read(new byte[4096]);
        })) {
            open(server);

            assertThat(recorder.failure()).hasMessageContaining("is this its WebSocket port?");
        }
    }

    @Test
    void hangsUpInsteadOfAnAnswer() {
        try (EchoServer server =
                new EchoServer(socket -> socket.getInputStream().read(new byte[4096]))) {
            open(server);

            assertThat(recorder.failure()).hasMessageContaining("closed the connection instead of an answer");
        }
    }

    @Test
    void theUpgradeHasATimeLimit() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            TransportOptions road = TransportOptions.to("ws://127.0.0.1:" + server.port()).toBuilder()
                    .handshakeTimeout(Duration.ofMillis(200))
                    .build();
            transport.open(loop, road, recorder);

            TransportException failure = recorder.failure();
            assertThat(failure.isTimeout()).isTrue();
            assertThat(failure.phase()).isEqualTo(ConnectPhase.WEBSOCKET);
        } finally {
            hold.countDown();
        }
    }

    @Test
    @DisplayName("wss: over TLS, a megabyte in order")
    void overTls() throws Exception {
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
            TransportOptions road = TransportOptions.to("wss://127.0.0.1:" + server.port()).toBuilder()
                    .tls(Tls.builder().ca(certificate.getCertificatePEM()).build())
                    .build();
            transport.open(loop, road, recorder);
            recorder.send(bytes);
            recorder.awaitBytes(bytes.length);

            assertThat(recorder.bytes()).isEqualTo(bytes);
            assertThat(recorder.connection().describe()).contains("wss://").contains("TLSv1.3");
            recorder.connection().close(true);
            assertThat(recorder.end()).isNull();
        }
    }
}
