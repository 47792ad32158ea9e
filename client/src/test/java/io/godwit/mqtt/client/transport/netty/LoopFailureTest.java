package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.LoopEndedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of connections, attempts, tasks and timers when an error ends Netty's loop, perhaps with its clean-up. */
@ParameterizedClass
@MethodSource("kindsAndFailures")
@Timeout(60)
class LoopFailureTest {

    private static final long SOON = Duration.ofMillis(300).toNanos();
    private static final Duration NEVER = Duration.ofHours(1);

    private final FailingTasks tasks = new FailingTasks();
    private final NettyTransport transport;
    private final int failures;
    private final EventLoop loop;
    private final Recorder recorder;

    /** One failure: Netty ends its loop in an orderly way. With more of them it doesn't. */
    static Stream<Arguments> kindsAndFailures() {
        return Stream.of(Sockets.values())
                .flatMap(kind -> Stream.of(1, 3).map(failures -> Arguments.of(kind, failures)));
    }

    LoopFailureTest(Sockets sockets, int failures) {
        OpenSockets.assumeAvailable(sockets);
        this.failures = failures;
        transport = tasks.transport(sockets);
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

    private static void readAll(Socket socket) throws IOException {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private void fail() {
        tasks.fail(failures);
        loop.execute(() -> {});
        await().until(tasks::haveFailed);
    }

    @Test
    void its_connections_end_and_their_sockets_are_closed() {
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            Recorder second = new Recorder(loop);
            transport.open(loop, options(server), second);
            recorder.send("x");
            recorder.awaitText("x");
            second.connection();

            fail();

            assertThat(recorder.end()).isInstanceOf(LoopEndedException.class);
            assertThat(second.end()).isInstanceOf(LoopEndedException.class);
            await().until(() -> server.open.get() == 0);
            recorder.connection().close(true);
            recorder.connection().close(false);
            recorder.send("dropped");
        }
    }

    @Test
    void the_next_connection_works() {
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            recorder.connection();
            fail();
            recorder.end();

            Recorder next = new Recorder(loop);
            transport.open(loop, options(server), next);

            next.send("again");
            next.awaitText("again");
            next.connection().close(false);
            assertThat(next.end()).isNull();
            assertThat(recorder.text()).isEmpty();
        }
    }

    @Test
    void an_attempt_that_waits_for_the_server_fails() {
        try (EchoServer silent = new EchoServer(LoopFailureTest::readAll)) {
            transport.open(loop, TransportOptions.to("ws://127.0.0.1:" + silent.port()), recorder);
            await().until(() -> silent.open.get() == 1);

            fail();

            assertThat(recorder.failure()).hasCauseInstanceOf(LoopEndedException.class);
            await().until(() -> silent.open.get() == 0);
        }
    }

    @Test
    void an_attempt_that_waits_for_a_name_fails() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        transport.open(
                loop,
                TransportOptions.to("mqtt://broker.example").toBuilder()
                        .resolver(host -> {
                            asked.countDown();
                            awaitUninterruptibly(new CountDownLatch(1));
                            return List.of();
                        })
                        .build(),
                recorder);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        fail();

        assertThat(recorder.failure()).hasCauseInstanceOf(LoopEndedException.class);
    }

    @Test
    void a_cancelled_attempt_hears_nothing() {
        try (EchoServer server = EchoServer.echo()) {
            Recorder other = new Recorder(loop);
            transport.open(loop, options(server), other);
            other.connection();
            transport.open(loop, options(server), recorder).cancel();
            int before = recorder.calls.get();

            fail();

            other.end();
            assertThat(recorder.calls).hasValue(before);
        }
    }

    @Test
    void tasks_are_run_in_order() {
        List<Integer> ran = new CopyOnWriteArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        loop.execute(() -> awaitUninterruptibly(go));
        IntStream.range(0, 100).forEach(n -> loop.execute(() -> ran.add(n)));
        tasks.fail(failures);

        go.countDown();

        await().until(() -> ran.size() == 100);
        assertThat(ran)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void timers_fire_once_unless_they_are_cancelled() {
        AtomicInteger fired = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        Cancellable before = loop.schedule(wrong::incrementAndGet, SOON);
        loop.schedule(fired::incrementAndGet, SOON);
        loop.schedule(wrong::incrementAndGet, NEVER.toNanos());
        before.cancel();
        CompletableFuture<Boolean> inLoop = new CompletableFuture<>();

        fail();
        loop.schedule(() -> inLoop.complete(loop.inLoop()), SOON);

        assertThat(inLoop.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
        assertThat(fired).hasValue(1);
        assertThat(wrong).hasValue(0);
    }

    @Test
    void it_may_fail_again_and_again() {
        try (EchoServer server = EchoServer.echo()) {
            for (int n = 0; n < 3; n++) {
                Recorder each = new Recorder(loop);
                transport.open(loop, options(server), each);
                each.send("x");
                each.awaitText("x");
                fail();
                assertThat(each.end()).isInstanceOf(LoopEndedException.class);
            }
            await().until(() -> server.open.get() == 0);
        }
    }

    @Test
    void closing_the_transport_meanwhile_ends_connections_and_thread() {
        try (EchoServer server = EchoServer.echo()) {
            transport.open(loop, options(server), recorder);
            recorder.connection();
            CountDownLatch go = new CountDownLatch(1);
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            loop.execute(() -> {
                thread.complete(Thread.currentThread());
                awaitUninterruptibly(go);
                tasks.fail(failures);
            });
            CompletableFuture<Void> closing = CompletableFuture.runAsync(transport::close);

            go.countDown();

            closing.orTimeout(20, TimeUnit.SECONDS).join();
            await().until(() -> server.open.get() == 0);
            await().until(() -> !thread.join().isAlive());
        }
    }

    @Test
    void what_is_asked_of_it_while_it_fails_is_done() {
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        Thread asking = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                asked.addAndGet(2);
                loop.execute(ran::incrementAndGet);
                loop.schedule(ran::incrementAndGet, 1000);
            }
        });
        asking.setDaemon(true);
        asking.start();

        for (int n = 0; n < 3; n++) {
            fail();
        }
        asking.interrupt();

        await().until(() -> !asking.isAlive());
        await().untilAsserted(() -> assertThat(ran).hasValue(asked.get()));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
