package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Several addresses, and unix sockets")
class AddressRaceTest {

    private final NettyTransport transport = new NettyTransport(1);
    private final EventLoop loop = transport.nextLoop();
    private final Recorder recorder = new Recorder(loop);

    @AfterEach
    void close() {
        transport.close();
    }

    private static TransportOptions options(int port, String... addresses) {
        return TransportOptions.to("mqtt://broker.example:" + port).toBuilder()
                .resolver(host ->
                        Arrays.stream(addresses).map(AddressRaceTest::literal).toList())
                .build();
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<SocketAddress> sockets(String... addresses) {
        return Arrays.stream(addresses)
                .map(each -> (SocketAddress) new InetSocketAddress(literal(each), 1))
                .toList();
    }

    @Test
    @DisplayName("RFC 8305: the families in turn, beginning with the first")
    void interleaves() {
        assertThat(AddressRace.interleave(sockets("::1", "::2", "::3", "10.0.0.1", "10.0.0.2")))
                .isEqualTo(sockets("::1", "10.0.0.1", "::2", "10.0.0.2", "::3"));
        assertThat(AddressRace.interleave(sockets("10.0.0.1", "10.0.0.2", "::1")))
                .isEqualTo(sockets("10.0.0.1", "::1", "10.0.0.2"));
        assertThat(AddressRace.interleave(sockets("::1"))).isEqualTo(sockets("::1"));
    }

    @Test
    @DisplayName("RFC 8305, section 8: the recommended delay before the next address is tried")
    void the_attempt_delay_is_a_quarter_of_a_second() {
        assertThat(options(1, "127.0.0.1").attemptDelay()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    @DisplayName("the first address drops silently: the second has to wait for the delay")
    void a_silent_address_has_its_time() throws Exception {
        try (Silence silence = new Silence(literal("127.0.0.1"));
                ServerSocket socket = EchoServer.bind("127.0.0.2", silence.port());
                EchoServer server = new EchoServer(socket, EchoServer::echo)) {
            Set<String> before = OpenSockets.now();
            TransportOptions options = options(server.port(), "127.0.0.1", "127.0.0.2").toBuilder()
                    .attemptDelay(Duration.ofHours(1))
                    .build();
            Attempt attempt = transport.open(loop, options, recorder);
            await().until(() -> OpenSockets.since(before) == 1);
            CompletableFuture<Void> nextTurn = new CompletableFuture<>();
            loop.execute(() -> nextTurn.complete(null)); // what did not wait would have been tried by now

            nextTurn.get(10, TimeUnit.SECONDS);
            assertThat(OpenSockets.since(before)).isEqualTo(1);
            assertThat(server.accepted.get()).isZero();
            attempt.cancel();
        }
    }

    @Test
    @DisplayName("the first address drops silently: the second is tried beside it after the delay, the loser is closed")
    void a_silent_address_is_overtaken() throws IOException {
        try (Silence silence = new Silence(literal("127.0.0.1"));
                ServerSocket socket = EchoServer.bind("127.0.0.2", silence.port());
                EchoServer server = new EchoServer(socket, EchoServer::echo)) {
            Set<String> before = OpenSockets.now();
            Attempt attempt = transport.open(loop, options(server.port(), "127.0.0.1", "127.0.0.2"), recorder);

            recorder.send("x");
            recorder.awaitText("x");
            attempt.cancel();
            await().until(() -> OpenSockets.since(before) == 0 && server.open.get() == 0);
        }
    }

    @Test
    @DisplayName("the first address refuses: the second is tried at once")
    void a_refusal_does_not_wait() throws IOException {
        try (ServerSocket socket = EchoServer.bind("127.0.0.2");
                EchoServer server = new EchoServer(socket, EchoServer::echo)) {
            TransportOptions options = options(server.port(), "127.0.0.1", "127.0.0.2").toBuilder()
                    .attemptDelay(Duration.ofMinutes(1))
                    .build();
            transport.open(loop, options, recorder);

            recorder.send("x");
            recorder.awaitText("x");
        }
    }

    @Test
    void ipv6_and_ipv4() throws IOException {
        try (ServerSocket socket = EchoServer.bind("127.0.0.1");
                EchoServer server = new EchoServer(socket, EchoServer::echo)) {
            transport.open(loop, options(server.port(), "::1", "127.0.0.1"), recorder);

            recorder.send("x");
            recorder.awaitText("x");
        }
    }

    @Test
    @DisplayName("an address that is reached but fails later is not the end: the next one is tried")
    void a_broken_server_is_overtaken() throws IOException {
        try (ServerSocket one = EchoServer.bind("127.0.0.2");
                EchoServer good = new EchoServer(
                        one, socket -> new WebSocketServer(socket).accept().echo());
                EchoServer bad = new EchoServer(
                        new ServerSocket(good.port(), 50, literal("127.0.0.1")),
                        socket -> socket.getInputStream().read(new byte[4096]))) {
            TransportOptions options = options(good.port(), "127.0.0.1", "127.0.0.2").toBuilder()
                    .servers("ws://broker.example:" + good.port())
                    .build();
            transport.open(loop, options, recorder);
            recorder.connection();

            assertThat(bad.accepted.get()).isEqualTo(1);
        }
    }

    @Test
    void all_addresses_fail() throws IOException {
        int dead;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            dead = socket.getLocalPort();
        }
        transport.open(loop, options(dead, "127.0.0.1", "127.0.0.2", "127.0.0.3"), recorder);

        TransportException failure = recorder.failure();
        assertThat(failure).hasMessageContaining("broker.example:" + dead + " (127.0.0.1) refused");
        assertThat(failure.getSuppressed()).hasSize(2);
    }

    @Test
    @DisplayName("cancelled in the midst of a race: all candidates are closed")
    void cancel_closes_all() throws IOException {
        try (Silence one = new Silence(literal("127.0.0.1"));
                Silence two = new Silence(literal("127.0.0.2"), one.port())) {
            Set<String> before = OpenSockets.now();
            TransportOptions options = options(two.port(), "127.0.0.1", "127.0.0.2").toBuilder()
                    .attemptDelay(Duration.ofMillis(10))
                    .build();
            Attempt attempt = transport.open(loop, options, recorder);
            await().until(() -> OpenSockets.since(before) == 2);
            attempt.cancel();

            await().until(() -> OpenSockets.since(before) == 0);
            assertThat(recorder.calls.get()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Sockets.class)
    void unix_socket(Sockets kind, @TempDir Path folder) throws IOException {
        OpenSockets.assumeAvailable(kind);
        Path path = folder.resolve("my broker.sock");
        NettyTransport own = new NettyTransport(1, kind);
        try (own;
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            EventLoop ownLoop = own.nextLoop();
            Recorder heard = new Recorder(ownLoop);
            own.open(
                    ownLoop,
                    TransportOptions.to("mqtt+unix://" + path.toString().replace(" ", "%20")),
                    heard);
            try (SocketChannel accepted = server.accept()) {
                heard.send("hello");
                ByteBuffer bytes = ByteBuffer.allocate(5);
                while (bytes.hasRemaining()) {
                    accepted.read(bytes);
                }
                accepted.write(bytes.flip());

                heard.awaitText("hello");
                assertThat(heard.connection().describe()).isEqualTo("mqtt+unix://" + path);
                heard.connection().close(true);
                assertThat(accepted.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            assertThat(heard.end()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Sockets.class)
    void no_unix_socket(Sockets kind, @TempDir Path folder) {
        OpenSockets.assumeAvailable(kind);
        try (NettyTransport own = new NettyTransport(1, kind)) {
            EventLoop ownLoop = own.nextLoop();
            Recorder heard = new Recorder(ownLoop);
            own.open(ownLoop, TransportOptions.to("mqtt+unix://" + folder + "/none.sock"), heard);

            assertThat(heard.failure()).hasMessageContaining("no such socket: " + folder + "/none.sock");
        }
    }
}
