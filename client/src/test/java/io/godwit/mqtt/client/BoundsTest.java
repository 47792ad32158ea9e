package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.engine.Internals;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What could grow or wait without end when broker or application misbehave, and does not. */
@Timeout(60)
class BoundsTest {
    private static final ProtocolVersion VERSION = ProtocolVersion.V3_1_1;

    private static MqttClientBuilder client(ScriptedBroker broker) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(VERSION)
                .clientId("c")
                .reconnect(Reconnect.fixed(Duration.ofMillis(10)))
                .closeTimeout(Duration.ofSeconds(2));
    }

    @Test
    @DisplayName("promise 3: what depends on one future may wait for another that ends in the same burst")
    void a_dependent_may_wait_for_another_future_of_its_burst() throws Exception {
        CompletableFuture<CompletableFuture<PublishResult>> second = new CompletableFuture<>();
        CompletableFuture<CompletableFuture<PublishResult>> third = new CompletableFuture<>();
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(VERSION)
                                .expect(PacketType.PUBLISH, VERSION)
                                .expect(PacketType.PUBLISH, VERSION)
                                .expect(PacketType.PUBLISH, VERSION)
                                .send("40 02 0001 40 02 0002 40 02 0003"))
                        .start();
                MqttClient client = client(broker).build()) {
            client.connect();
            CompletableFuture<Void> dependent = client.publishAsync("t", "1")
                    .thenAccept(done -> second.join().join());
            CompletableFuture<PublishResult> two = client.publishAsync("t", "2");
            CompletableFuture<Void> dependentOfTwo =
                    two.thenAccept(done -> third.join().join());
            second.complete(two);
            third.complete(client.publishAsync("t", "3"));

            assertThat(dependent).succeedsWithin(Duration.ofSeconds(10));
            assertThat(dependentOfTwo).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    @DisplayName(
            "promise 8: a broker that asks for answers without end and never reads them is not answered without end")
    void answers_that_nobody_reads_are_bounded() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        AtomicLong most = new AtomicLong();
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(
                                script -> script.accept(VERSION).flood(new byte[] {0x62, 2, 0, 7}, 8_000_000)) // PUBREL
                        .connection(script -> script.accept(VERSION))
                        .start();
                MqttClient client = client(broker)
                        .keepAlive(Duration.ofSeconds(2))
                        .listener(new ClientListener() {
                            @Override
                            public void disconnected(MqttClient of, DisconnectCause cause, @Nullable Duration next) {
                                ends.add(cause.text());
                            }
                        })
                        .build()) {
            client.connect();

            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        most.accumulateAndGet(unsent(client), Math::max);
                        return !ends.isEmpty();
                    });

            assertThat(ends.poll()).contains("did not answer PINGREQ");
            assertThat(most.get()).isBetween(1L, 1L << 20);
            await().until(client::isConnected);
        }
    }

    private static long unsent(MqttClient client) {
        return Internals.unsent(client);
    }

    @Test
    @DisplayName("promise 8: messages that wait for a handler are bounded by their bytes too")
    void messages_without_a_handler_are_bounded_in_bytes() throws Exception {
        BlockingQueue<Boolean> waits = new LinkedBlockingQueue<>();
        byte[] large = new byte[100 * 1024];
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> sendEach(script.accept(VERSION), large, 500))
                        .start();
                MqttClient client = client(broker)
                        .listener(new ClientListener() {
                            @Override
                            public void messageUnhandled(MqttClient of, Message message, boolean kept) {
                                waits.add(kept);
                            }
                        })
                        .build()) {
            client.connect();
            List<Boolean> all = new ArrayList<>();
            while (all.size() < 500) {
                all.add(waits.poll(10, TimeUnit.SECONDS));
            }

            assertThat(all.stream().filter(kept -> kept).count() * large.length).isBetween(1L << 20, 16L << 20);
        }
    }

    private static void sendEach(BrokerScript script, byte[] payload, int count) {
        for (int id = 1; id <= count; id++) {
            script.send(
                    new io.godwit.mqtt.protocol.Publish(
                            new Message(
                                    "u",
                                    payload,
                                    Qos.AT_LEAST_ONCE,
                                    false,
                                    io.godwit.mqtt.protocol.MqttProperties.NONE),
                            false,
                            id,
                            0),
                    VERSION);
        }
    }

    @Test
    @DisplayName("a listener that blocks gets the newest calls, and the number of those it has missed")
    void a_blocked_listener_does_not_let_its_queue_grow() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicLong told = new AtomicLong();
        AtomicLong missed = new AtomicLong();
        CountDownLatch last = new CountDownLatch(1);
        int flood = 50_000;
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(VERSION)
                                .flood(new byte[] {0x30, 4, 0, 1, 'u', 0}, flood)
                                .send("30 03 0001 74")
                                .expect(PacketType.PUBLISH, VERSION)
                                .close())
                        .connection(script -> script.accept(VERSION))
                        .start();
                MqttClient client = client(broker)
                        .handler("t", message -> last.countDown())
                        .listener(new ClientListener() {
                            private int connections;

                            @Override
                            public void connected(MqttClient of, ConnectResult result) {
                                connections++;
                                told.addAndGet(connections > 1 ? 1_000_000 : 0);
                            }

                            @Override
                            public void messageUnhandled(MqttClient of, Message message, boolean waits) {
                                blocked.countDown();
                                try {
                                    go.await();
                                } catch (InterruptedException interrupted) {
                                    Thread.currentThread().interrupt();
                                }
                                told.incrementAndGet();
                            }

                            @Override
                            public void missed(MqttClient of, long calls) {
                                missed.addAndGet(calls);
                            }
                        })
                        .build()) {
            client.connect();
            assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
            client.publish(Message.of("again", "x").withQos(Qos.AT_MOST_ONCE)); // the connection ends, and comes again
            await().until(() -> broker.connections() == 2 && client.isConnected());
            go.countDown();

            // What is about the connection always gets in; of the messages no more than waited.
            await().until(() -> told.get() > 1_000_000);
            assertThat(told.get() - 1_000_000).isBetween(1L, ClientListener.MOST_WAITING + 1L);
            await().until(() -> missed.get() + told.get() - 1_000_000 >= flood);
        }
    }
}
