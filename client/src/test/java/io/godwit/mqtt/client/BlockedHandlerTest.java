package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that block in a call of their own client while the broker sends faster than they handle. */
@Timeout(60)
@DisplayName("A handler that blocks in a call of its client")
class BlockedHandlerTest {
    private static final ProtocolVersion VERSION = ProtocolVersion.V3_1_1;
    private static final int FLOOD = 5_000;
    private static final int PAYLOAD = 1_000;

    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicBoolean first = new AtomicBoolean(true);
    private final Queue<Message> dropped = new ConcurrentLinkedQueue<>();
    private final AtomicLong mostBytes = new AtomicLong();

    /** A broker that answers the publish of a handler only behind this flood. */
    private static ScriptedBroker broker(Qos flood) throws Exception {
        return ScriptedBroker.builder()
                .connection(script -> send(
                                script.accept(VERSION)
                                        .answer(PacketType.SUBSCRIBE, VERSION, any ->
                                                new byte[] {(byte) 0x90, 3, 0, 1, 1})
                                        .send(message(flood, 60_000), VERSION)
                                        .expect(PacketType.PUBLISH, VERSION),
                                flood)
                        .send("40 02 0002"))
                .start();
    }

    private static BrokerScript send(BrokerScript script, Qos qos) {
        for (int i = 1; i <= FLOOD; i++) {
            script.send(message(qos, i), VERSION);
        }
        return script;
    }

    private static Publish message(Qos qos, int identifier) {
        Message message = new Message("in", new byte[PAYLOAD], qos, false, MqttProperties.NONE);
        return new Publish(message, false, qos == Qos.AT_MOST_ONCE ? 0 : identifier, 0);
    }

    private MqttClient client(ScriptedBroker broker) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(VERSION)
                .clientId("c")
                .inbox(10, 10_000)
                .callTimeout(Duration.ofSeconds(2))
                .closeTimeout(Duration.ofMillis(500))
                .listener(new ClientListener() {
                    @Override
                    public void messageDropped(MqttClient client, Message message) {
                        dropped.add(message);
                    }
                })
                .build();
    }

    private void countBytes(MqttClient client) {
        mostBytes.accumulateAndGet(client.statistics().messages().inbox().bytes(), Math::max);
    }

    @Test
    @DisplayName("gets its answer from behind a flood of QoS 0, of which what has no room is dropped and reported")
    void messages_of_qos_0_are_dropped_rather_than_filling_the_heap() throws Exception {
        CompletableFuture<PublishResult> published = new CompletableFuture<>();
        try (ScriptedBroker broker = broker(Qos.AT_MOST_ONCE);
                MqttClient client = client(broker)) {
            client.connect();
            client.subscribe("in", Qos.AT_MOST_ONCE, message -> {
                if (first.getAndSet(false)) {
                    published.complete(client.publishAsync("out", "copy").join());
                }
                handled.incrementAndGet();
            });

            await().pollInterval(Duration.ofMillis(2)).until(() -> {
                countBytes(client);
                return handled.get() + dropped.size() == FLOOD + 1;
            });

            assertThat(published).isCompleted();
            assertThat(dropped).hasSizeGreaterThan(FLOOD / 2);
            assertThat(client.statistics().messages().dropped()).isEqualTo(dropped.size());
            assertThat(mostBytes.get()).isLessThan(1_000_000);
        }
    }

    @Test
    @DisplayName("is ended when messages of QoS 1, which are never dropped, keep its answer from being read")
    void messages_of_qos_1_stop_reading_and_end_the_wait() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        CompletableFuture<CompletableFuture<PublishResult>> publish = new CompletableFuture<>();
        try (ScriptedBroker broker = broker(Qos.AT_LEAST_ONCE);
                MqttClient client = client(broker)) {
            client.connect();
            client.subscribe("in", Qos.AT_LEAST_ONCE, message -> {
                if (first.getAndSet(false)) {
                    publish.complete(client.publishAsync("out", "copy"));
                    try {
                        publish.join().join();
                    } catch (MqttTimeoutException cutOff) {
                        ended.complete(cutOff);
                    }
                }
                handled.incrementAndGet();
            });

            await().pollInterval(Duration.ofMillis(2))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        countBytes(client);
                        return handled.get() == FLOOD + 1;
                    });

            assertThat(ended)
                    .isCompletedWithValueMatching(cutOff -> cutOff.getMessage().contains("nothing is read"));
            assertThat(publish.join()).succeedsWithin(Duration.ofSeconds(10));
            assertThat(dropped).isEmpty();
            assertThat(mostBytes.get()).isLessThan(1_000_000);
        }
    }
}
