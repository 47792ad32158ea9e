package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.engine.Internals;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.ScriptedBroker;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The future of a publish: whoever waits for it goes on when it is complete, however that came about. */
@Timeout(60)
class JoinTest {
    private static final ProtocolVersion VERSION = ProtocolVersion.V3_1_1;
    private static final Duration SOON = Duration.ofSeconds(10);

    private static MqttClientBuilder builder(String uri) {
        return MqttClient.builder().server(uri).protocol(VERSION).clientId("c").closeTimeout(Duration.ofMillis(200));
    }

    /** Completes when a thread of its own, which waits from now on, has joined the future. */
    private static CompletableFuture<Void> joined(CompletableFuture<?> future) {
        CompletableFuture<Void> joined = new CompletableFuture<>();
        Thread joiner = new Thread(() -> {
            try {
                future.join();
            } catch (RuntimeException failed) {
                assertThat(future).isDone();
            } finally {
                joined.complete(null);
            }
        });
        joiner.setDaemon(true);
        joiner.start();
        await().until(() ->
                EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(joiner.getState()));
        return joined;
    }

    @Test
    @DisplayName("a publish that nobody acknowledges can be completed, failed and timed out under who joins it")
    void a_joining_thread_is_woken_by_other_endings_too() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).build()) {
            client.connect();
            broker.silent(true);

            CompletableFuture<PublishResult> timed = client.publishAsync("t", "1");
            CompletableFuture<Void> timedJoin = joined(timed);
            timed.orTimeout(10, TimeUnit.MILLISECONDS);
            CompletableFuture<PublishResult> given = client.publishAsync("t", "2");
            CompletableFuture<Void> givenJoin = joined(given);
            given.completeOnTimeout(PublishResult.SUCCESS, 10, TimeUnit.MILLISECONDS);
            CompletableFuture<PublishResult> supplied = client.publishAsync("t", "4");
            CompletableFuture<Void> suppliedJoin = joined(supplied);
            supplied.completeAsync(() -> PublishResult.SUCCESS);

            assertThat(timedJoin).succeedsWithin(SOON);
            assertThat(givenJoin).succeedsWithin(SOON);
            assertThat(suppliedJoin).succeedsWithin(SOON);
            assertThat(timed).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void cancelling_says_whether_the_message_was_still_in_the_queue() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).maximumInFlight(1).build()) {
            client.connect();
            broker.silent(true);
            CompletableFuture<PublishResult> sent = client.publishAsync("t", "sent");
            CompletableFuture<PublishResult> queued = client.publishAsync("t", "queued");
            CompletableFuture<Void> queuedJoin = joined(queued);

            assertThat(sent.cancel(false)).isFalse();
            assertThat(queued.cancel(false)).isTrue();

            assertThat(queuedJoin).succeedsWithin(SOON);
            assertThat(queued).isCancelled();
            assertThat(sent).isNotDone();
        }
    }

    @Test
    void joining_on_the_event_loop_is_rejected() throws Exception {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).handlersOnEventLoop().build()) {
            client.connect();
            client.subscribe("t", Qos.AT_MOST_ONCE, message -> {
                try {
                    client.publishAsync("other", "x").join();
                } catch (IllegalStateException told) {
                    refused.complete(told);
                }
            });
            broker.publish(Message.of("t", "go").withQos(Qos.AT_MOST_ONCE));

            assertThat(refused)
                    .succeedsWithin(SOON)
                    .satisfies(told -> assertThat(told).hasMessageContaining("use the Async form"));
        }
    }

    @Test
    @DisplayName(
            "promise 3: a handler may join a publish whose acknowledgement stands behind messages that wait for it")
    void a_handler_may_join_while_reading_is_paused() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        AtomicInteger handled = new AtomicInteger();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri()).inbox(10, 1_000_000).build()) {
            client.connect();
            client.subscribe("t", Qos.AT_MOST_ONCE, message -> {
                if (first.getAndSet(false)) {
                    await().until(() -> isPaused(client));
                    client.publishAsync("other", "x").join();
                }
                handled.incrementAndGet();
            });
            for (int i = 0; i < 100; i++) {
                broker.publish(Message.of("t", new byte[1000]).withQos(Qos.AT_MOST_ONCE));
            }

            await().until(() -> handled.get() == 100);
        }
    }

    private static boolean isPaused(MqttClient client) {
        return Internals.isPausedByHandlers(client);
    }

    @Test
    @DisplayName("the failure of a cancelled publish is reported once, although two threads see it")
    void a_cancelled_publish_fails_once() throws Exception {
        AtomicInteger told = new AtomicInteger();
        AtomicInteger running = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(ProtocolVersion.V5)
                                .expect(PacketType.PUBLISH, ProtocolVersion.V5)
                                .expect(PacketType.PUBLISH, ProtocolVersion.V5)
                                .expect(PacketType.PUBLISH, ProtocolVersion.V5)
                                .send("40 02 0001 40 03 0002 87 40 02 0003"))
                        .start();
                MqttClient client = builder(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .executor(task -> {
                            running.incrementAndGet();
                            threads.execute(() -> {
                                try {
                                    task.run();
                                } finally {
                                    running.decrementAndGet();
                                }
                            });
                        })
                        .listener(new ClientListener() {
                            @Override
                            public void publishFailed(MqttClient of, Message message, MqttException failure) {
                                told.incrementAndGet();
                            }
                        })
                        .build()) {
            client.connect();
            CompletableFuture<Void> blocked = client.publishAsync("t", "1").thenRun(() -> {
                try {
                    go.await();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            });
            CompletableFuture<PublishResult> cancelled = client.publishAsync("t", "2");
            cancelled.cancel(false);
            CompletableFuture<PublishResult> last = client.publishAsync("t", "3");
            await().until(last::isDone); // another walk has passed the one that is blocked
            go.countDown();

            assertThat(blocked).succeedsWithin(SOON);
            await().until(() -> running.get() == 0);
            assertThat(told).hasValue(1);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    @DisplayName("promise 2: when close has returned, the futures end even if the threads of the transport end with it")
    void futures_of_a_closed_client_do_not_need_its_loop() {
        try (TestBroker broker = TestBroker.start()) {
            NettyTransport transport = new NettyTransport(1);
            MqttClient client =
                    TransportAccess.use(builder(broker.uri()), transport).build();
            client.connect();
            broker.silent(true);
            CompletableFuture<PublishResult> publish = client.publishAsync("t", "x");
            client.close();
            transport.close();

            await().until(publish::isDone);
            assertThat(publish).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    @DisplayName("promise 2: an executor that takes no more tasks keeps neither messages nor futures from their end")
    void an_executor_may_reject_tasks() {
        AtomicInteger handled = new AtomicInteger();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .executor(task -> {
                            throw new RejectedExecutionException("full");
                        })
                        .build()) {
            client.connect();
            client.subscribe("t", Qos.AT_LEAST_ONCE, message -> handled.incrementAndGet());

            CompletableFuture<PublishResult> publish = client.publishAsync("t", "x");

            await().until(publish::isDone);
            await().until(() -> handled.get() == 1);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("a request that has timed out leaves nothing behind")
    void an_unanswered_request_is_forgotten() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = builder(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .callTimeout(Duration.ofMillis(300))
                        .build()) {
            client.connect();
            assertThatThrownBy(() -> client.request("nobody", "?")).isInstanceOf(MqttTimeoutException.class);

            assertThat(Internals.waitingRequests(client)).isZero();
        }
    }
}
