package io.godwit.mqtt.client.transport.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.EventLoop;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Sockets.class)
@DisplayName("Plain TCP through Netty")
class NettyTransportTest {

    private final NettyTransport transport;
    private final EventLoop loop;
    private final Recorder recorder;

    NettyTransportTest(Sockets sockets) {
        OpenSockets.assumeAvailable(sockets);
        transport = new NettyTransport(1, sockets);
        loop = transport.nextLoop();
        recorder = new Recorder(loop);
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private static TransportOptions options(EchoServer server) {
        return TransportOptions.to("mqtt://127.0.0.1:" + server.port());
    }

    @Test
    @DisplayName("whatever a resolver throws, an Error too, is a failed attempt")
    void a_resolver_that_throws() {
        for (Throwable thrown : List.of(
                new IllegalStateException("broken"), new OutOfMemoryError("no thread"), new AssertionError("wrong"))) {
            Recorder each = new Recorder(loop);
            transport.open(
                    loop,
                    TransportOptions.to("mqtt://broker.example").toBuilder()
                            .resolver(host -> {
                                throw sneaky(thrown);
                            })
                            .build(),
                    each);

            assertThat(each.failure()).hasMessageContaining(thrown.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void carries_bytes_both_ways() {
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);

            recorder.send("one ");
            recorder.send("two");

            recorder.awaitText("one two");
            assertThat(recorder.bursts.get()).isPositive();
            assertThat(recorder.connection().address())
                    .isEqualTo(ServerAddress.parse("mqtt://127.0.0.1:" + server.port()));
            assertThat(recorder.connection().describe()).contains("127.0.0.1");
        }
    }

    @Test
    void carries_a_megabyte_in_order() {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            for (int i = 0; i < bytes.length; i += 4096) {
                recorder.send(Arrays.copyOfRange(bytes, i, i + 4096));
            }

            recorder.awaitBytes(bytes.length);

            assertThat(recorder.bytes()).isEqualTo(bytes);
        }
    }

    @Test
    void an_orderly_end_by_the_peer_has_no_cause() {
        try (EchoServer server =
                new EchoServer(socket -> socket.getInputStream().read())) {
            transport.open(loop, options(server), recorder);
            recorder.send("x");

            assertThat(recorder.end()).isNull();
        }
    }

    @Test
    void a_reset_by_the_peer_is_a_cause() {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        })) {
            transport.open(loop, options(server), recorder);
            recorder.send("x");

            assertThat(recorder.end()).isInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("close(true): what was written arrives, then the end, although bytes of the peer are unread")
    void close_flushes() throws Exception {
        AtomicLong got = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> {
            socket.getOutputStream().write(new byte[100_000]);
            byte[] buffer = new byte[65536];
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                got.addAndGet(n);
            }
            ended.countDown();
        })) {
            transport.open(loop, options(server), recorder);
            Connection connection = recorder.connection();
            loop.execute(() -> connection.setReading(false));
            recorder.send(new byte[3_000_000]);
            connection.close(true);

            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(got.get()).isEqualTo(3_000_000);
            assertThat(recorder.end()).isNull();
            assertThat(server.failures).isEmpty();
        }
    }

    @Test
    @DisplayName("close(true) ends although the peer never ends its side")
    void close_is_bounded() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            transport.open(loop, options(server), recorder);
            recorder.connection().close(true);

            assertThat(recorder.end()).isNull();
        } finally {
            hold.countDown();
        }
    }

    @Test
    @DisplayName("closeUnanswered: what was written arrives, then the end, although the peer looks only afterwards")
    void close_unanswered_does_not_wait() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        try (EchoServer server = new EchoServer(socket -> {
            closed.await();
            got.complete(socket.getInputStream().readAllBytes());
        })) {
            transport.open(loop, options(server), recorder);
            Connection connection = recorder.connection();
            recorder.send("the last words");
            loop.execute(connection::closeUnanswered);
            assertThat(recorder.end()).isNull();
            closed.countDown();

            assertThat(got).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("the last words".getBytes(UTF_8));
            assertThat(server.failures).isEmpty();
        }
    }

    @Test
    @DisplayName("closeUnanswered: what the socket does not take at once arrives too")
    void close_unanswered_flushes() throws Exception {
        CompletableFuture<Long> got = new CompletableFuture<>();
        try (EchoServer server = new EchoServer(
                socket -> got.complete(socket.getInputStream().transferTo(OutputStream.nullOutputStream())))) {
            transport.open(loop, options(server), recorder);
            Connection connection = recorder.connection();
            recorder.send(new byte[20_000_000]);
            loop.execute(connection::closeUnanswered);

            assertThat(got).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(20_000_000L);
            assertThat(recorder.end()).isNull();
        }
    }

    @Test
    void close_at_once_resets() {
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            recorder.connection().close(false);
            recorder.connection().close(false);

            assertThat(recorder.end()).isNull();
            await().untilAsserted(() -> assertThat(server.failures).hasSize(1));
        }
    }

    @Test
    void stops_reading_and_resumes() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> {
            go.await();
            socket.getOutputStream().write("late".getBytes(UTF_8));
            socket.getInputStream().read();
        })) {
            transport.open(loop, options(server), recorder);
            Connection connection = recorder.connection();
            loop.execute(() -> {
                connection.setReading(false);
                go.countDown();
            });
            await().during(Duration.ofMillis(100)).until(() -> recorder.bytes().length == 0);
            loop.execute(() -> connection.setReading(true));

            recorder.awaitText("late");
        }
    }

    @Test
    void tells_when_it_is_writable_again() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> {
            go.await();
            socket.getInputStream().skipNBytes(20_000_000);
        })) {
            transport.open(loop, options(server), recorder);
            recorder.send(new byte[20_000_000]);
            await().until(() -> recorder.writability.contains(false));
            go.countDown();

            await().untilAsserted(() -> assertThat(recorder.writability).last().isEqualTo(true));
        }
    }

    @Test
    void nothing_listens() throws IOException {
        int port;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            port = socket.getLocalPort();
        }
        transport.open(loop, TransportOptions.to("mqtt://127.0.0.1:" + port), recorder);

        TransportException failure = recorder.failure();
        assertThat(failure.phase()).isEqualTo(ConnectPhase.CONNECT);
        assertThat(failure.isTimeout()).isFalse();
        assertThat(failure).hasMessageContaining("127.0.0.1:" + port + " refused the connection");
    }

    @Test
    void the_name_is_unknown() {
        TransportOptions options = TransportOptions.builder()
                .servers("mqtt://nowhere.invalid")
                .resolver(host -> {
                    throw new UnknownHostException(host);
                })
                .build();
        transport.open(loop, options, recorder);

        TransportException failure = recorder.failure();
        assertThat(failure.phase()).isEqualTo(ConnectPhase.RESOLVE);
        assertThat(failure).hasMessageContaining("cannot resolve the name 'nowhere.invalid'");
    }

    @Test
    void resolving_has_a_time_limit() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        TransportOptions options = TransportOptions.builder()
                .servers("mqtt://slow.example")
                .resolveTimeout(Duration.ofMillis(50))
                .resolver(host -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return List.of();
                })
                .build();
        transport.open(loop, options, recorder);

        TransportException failure = recorder.failure();
        assertThat(failure.phase()).isEqualTo(ConnectPhase.RESOLVE);
        assertThat(failure.isTimeout()).isTrue();
        assertThat(failure).hasMessageContaining("timed out after 50 ms resolving");
        never.countDown();
    }

    @Test
    @DisplayName("a silent address: its own reason, after its own limit")
    void connecting_has_a_time_limit() throws Exception {
        try (Silence silence = new Silence()) {
            TransportOptions options = TransportOptions.builder()
                    .servers("mqtt://127.0.0.1:" + silence.port())
                    .connectTimeout(Duration.ofMillis(100))
                    .build();
            transport.open(loop, options, recorder);

            TransportException failure = recorder.failure();
            assertThat(failure.phase()).isEqualTo(ConnectPhase.CONNECT);
            assertThat(failure.isTimeout()).isTrue();
            assertThat(failure).hasMessageContaining("timed out after 100 ms connecting to");
        }
    }

    @Test
    void names_are_resolved_again_at_each_attempt() {
        AtomicInteger asked = new AtomicInteger();
        try (EchoServer server = EchoServer.echo()) {
            TransportOptions options = TransportOptions.builder()
                    .servers("mqtt://broker.example:" + server.port())
                    .resolver(host -> {
                        asked.incrementAndGet();
                        return List.of(InetAddress.getByName("127.0.0.1"));
                    })
                    .build();
            for (int i = 1; i <= 3; i++) {
                Recorder each = new Recorder(loop);
                Attempt attempt = transport.open(loop, options, each);
                each.connection();
                attempt.cancel();

                assertThat(asked.get()).isEqualTo(i);
            }
        }
    }

    @Test
    void the_second_server_answers() throws IOException {
        int dead;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            dead = socket.getLocalPort();
        }
        try (EchoServer server = EchoServer.echo()) {
            TransportOptions options =
                    TransportOptions.to("mqtt://127.0.0.1:" + dead, "mqtt://127.0.0.1:" + server.port());
            transport.open(loop, options, recorder);

            assertThat(recorder.connection().address().port()).isEqualTo(server.port());
        }
    }

    @Test
    void no_server_answers() throws IOException {
        int dead;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            dead = socket.getLocalPort();
        }
        transport.open(loop, TransportOptions.to("mqtt://127.0.0.1:" + dead, "mqtt://localhost:" + dead), recorder);

        TransportException failure = recorder.failure();
        assertThat(failure).hasMessageContaining("any of the 2 servers").hasMessageContaining("localhost:" + dead);
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    @Test
    void shuffled_servers_are_all_used() {
        try (EchoServer one = EchoServer.echo();
                EchoServer two = EchoServer.echo()) {
            TransportOptions options =
                    TransportOptions.to("mqtt://127.0.0.1:" + one.port(), "mqtt://127.0.0.1:" + two.port()).toBuilder()
                            .shuffled(true)
                            .build();
            await().until(() -> {
                Recorder each = new Recorder(loop);
                Attempt attempt = transport.open(loop, options, each);
                each.connection();
                attempt.cancel();
                return one.accepted.get() > 0 && two.accepted.get() > 0;
            });
        }
    }

    @Test
    void starts_from_a_local_address() throws Exception {
        List<InetAddress> from = new CopyOnWriteArrayList<>();
        try (EchoServer server = new EchoServer(socket -> {
            from.add(socket.getInetAddress());
            EchoServer.echo(socket);
        })) {
            InetAddress local = InetAddress.getByName("127.0.0.7");
            transport.open(loop, options(server).toBuilder().localAddress(local).build(), recorder);
            recorder.connection();

            await().untilAsserted(() -> assertThat(from).containsExactly(local));
        }
    }

    @Test
    void a_local_address_of_another_host_is_rejected_with_the_reason() throws Exception {
        try (EchoServer server = EchoServer.echo()) {
            InetAddress foreign = InetAddress.getByName("192.0.2.1");
            transport.open(
                    loop, options(server).toBuilder().localAddress(foreign).build(), recorder);

            assertThat(recorder.failure()).hasMessageContaining("from the local address /192.0.2.1");
        }
    }

    @Test
    @DisplayName("cancelled while it connects, or after: no call, nothing open")
    void cancel_leaves_nothing() throws Exception {
        try (Silence silence = new Silence();
                EchoServer server = EchoServer.echo()) {
            Set<String> before = OpenSockets.now();
            Attempt connecting =
                    transport.open(loop, TransportOptions.to("mqtt://127.0.0.1:" + silence.port()), recorder);
            await().during(Duration.ofMillis(50)).until(() -> true);
            connecting.cancel();
            Recorder open = new Recorder(loop);
            Attempt attempt = transport.open(loop, options(server), open);
            open.connection();
            attempt.cancel();
            attempt.cancel();

            await().until(() -> server.open.get() == 0);
            assertThat(recorder.calls.get()).isZero();
            assertThat(open.closed).isNotDone();
            await().until(() -> OpenSockets.since(before) == 0);
        }
    }

    @Test
    void cancelled_before_it_begins() {
        try (EchoServer server = EchoServer.echo()) {
            CountDownLatch busy = new CountDownLatch(1);
            loop.execute(() -> {
                transport.open(loop, options(server), recorder).cancel();
                busy.countDown();
            });
            await().until(() -> busy.getCount() == 0);
            await().during(Duration.ofMillis(100)).until(() -> recorder.calls.get() == 0);
        }
    }

    @Test
    void a_listener_that_throws_loses_its_connection_only() {
        try (EchoServer server = EchoServer.echo()) {
            Recorder throwing = new Recorder(loop) {
                @Override
                public void received(ByteBuf bytes) {
                    throw new IllegalStateException("thrown by the test");
                }
            };
            transport.open(loop, options(server), throwing);
            transport.open(loop, options(server), recorder);
            throwing.send("x");
            assertThat(throwing.end()).hasMessage("thrown by the test");

            recorder.send("y");
            recorder.awaitText("y");
        }
    }

    @Test
    void closing_the_transport_ends_its_threads() {
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            recorder.connection();
            transport.close();

            assertThat(recorder.end()).isNull();
            await().until(() -> server.open.get() == 0);
        }
    }

    @Test
    void closing_the_transport_ends_its_connections_even_if_the_loop_runs_a_task() throws Exception {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            recorder.connection();
            loop.execute(() -> awaitUninterruptibly(mayGoOn));

            CompletableFuture<Void> closing = CompletableFuture.runAsync(transport::close);
            await().until(() -> ((NettyEventLoop) loop).netty().isShuttingDown());
            mayGoOn.countDown();
            closing.get(10, TimeUnit.SECONDS);

            await().until(() -> server.open.get() == 0);
            assertThat(recorder.end()).isNull();
        } finally {
            mayGoOn.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void schedules_and_cancels() {
        AtomicInteger ran = new AtomicInteger();
        loop.schedule(ran::incrementAndGet, Duration.ofMillis(30).toNanos()).cancel();
        loop.schedule(() -> ran.addAndGet(10), Duration.ofMillis(40).toNanos());

        await().until(() -> ran.get() == 10);
    }
}
