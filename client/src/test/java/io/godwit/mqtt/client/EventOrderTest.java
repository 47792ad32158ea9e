package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Results reach the application before the messages that arrived behind them. The broker sends both in one segment. */
@Timeout(120)
class EventOrderTest {
    private static final int ROUNDS = 100;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    /** The broker answers once the application has made something depend on the future. */
    private final Semaphore dependents = new Semaphore(0);

    private static byte[] segment(ProtocolVersion version, Packet... packets) {
        ByteBuf bytes = Unpooled.buffer();
        for (Packet packet : packets) {
            PacketCodec.write(packet, version, bytes);
        }
        return ByteBufUtil.getBytes(bytes);
    }

    private static Publish message(Qos qos) {
        return new Publish(Message.of("t", "x").withQos(qos), false, qos == Qos.AT_MOST_ONCE ? 0 : 9, 0);
    }

    private MqttClientBuilder client(ScriptedBroker broker, ProtocolVersion version) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(version)
                .clientId("c")
                .reconnect(Reconnect.never())
                .closeTimeout(Duration.ofMillis(100))
                .handler("#", message -> events.add("message"));
    }

    private void assertOrder(String first) throws InterruptedException {
        assertThat(List.of(next(), next())).containsExactly(first, "message");
    }

    private String next() throws InterruptedException {
        return String.valueOf(events.poll(10, TimeUnit.SECONDS));
    }

    private static ScriptedBroker broker(Consumer<BrokerScript> script) {
        return ScriptedBroker.builder().connection(script).repeatLast().start();
    }

    private void connackAndMessage(BrokerScript script, ProtocolVersion version, Qos qos) {
        script.answer(PacketType.CONNECT, version, packet -> {
                    dependents.acquireUninterruptibly();
                    return segment(version, new Connack(false, 0, MqttProperties.NONE), message(qos));
                })
                .answer(
                        PacketType.DISCONNECT,
                        version,
                        packet -> new byte[0]); // then it ends the connection, so close is quick
    }

    @ParameterizedTest
    @EnumSource
    void connect_completes_before_a_message_behind_connack(ProtocolVersion version) throws Exception {
        try (ScriptedBroker broker = broker(script -> connackAndMessage(script, version, Qos.AT_MOST_ONCE))) {
            for (int round = 0; round < ROUNDS; round++) {
                try (MqttClient client = client(broker, version).build()) {
                    client.connectAsync().thenRun(() -> events.add("connected"));
                    dependents.release();

                    assertOrder("connected");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_listener_hears_of_the_connection_before_a_message_behind_connack(ProtocolVersion version)
            throws Exception {
        ClientListener listener = new ClientListener() {
            @Override
            public void connected(MqttClient client, ConnectResult result) {
                events.add(client.isConnected() ? "connected" : "connected, but the state says otherwise");
            }
        };
        try (ScriptedBroker broker = broker(script -> connackAndMessage(script, version, Qos.AT_LEAST_ONCE))) {
            for (int round = 0; round < ROUNDS; round++) {
                try (MqttClient client =
                        client(broker, version).listener(listener).build()) {
                    client.connectAsync();
                    dependents.release();

                    assertOrder("connected");
                }
            }
        }
    }

    @Test
    void a_handler_on_the_event_loop_is_behind_connect_too() throws Exception {
        ProtocolVersion version = ProtocolVersion.V3_1_1;
        try (ScriptedBroker broker = broker(script -> connackAndMessage(script, version, Qos.AT_MOST_ONCE))) {
            for (int round = 0; round < ROUNDS; round++) {
                try (MqttClient client =
                        client(broker, version).handlersOnEventLoop().build()) {
                    client.connectAsync().thenRun(() -> events.add("connected"));
                    dependents.release();

                    assertOrder("connected");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"V3_1, 0", "V3_1_1, 0", "V3_1_1, 1", "V5, 0", "V5, 1"})
    void subscribe_completes_before_a_message_behind_suback(ProtocolVersion version, int qos) throws Exception {
        try (ScriptedBroker broker = broker(script -> {
            script.accept(version);
            for (int round = 0; round < 10 * ROUNDS; round++) {
                script.answer(PacketType.SUBSCRIBE, version, packet -> {
                    dependents.acquireUninterruptibly();
                    Suback suback = new Suback(
                            ((Subscribe) packet).packetId(), List.of(ReasonCode.GRANTED_QOS_1), MqttProperties.NONE);
                    return segment(version, suback, message(Qos.of(qos)));
                });
            }
            script.stall();
        })) {
            try (MqttClient client = client(broker, version).build()) {
                client.connect();
                for (int round = 0; round < 10 * ROUNDS; round++) {
                    client.subscribeAsync("t/" + round, Qos.AT_LEAST_ONCE, message -> {})
                            .thenRun(() -> events.add("subscribed"));
                    dependents.release();

                    assertOrder("subscribed");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"V3_1, 0", "V3_1_1, 0", "V3_1_1, 1", "V5, 0", "V5, 1"})
    @DisplayName("a publish completes before a message behind its PUBACK, at QoS 0 before its echo")
    void publish_completes_before_a_message_behind_it(ProtocolVersion version, int qos) throws Exception {
        try (ScriptedBroker broker = broker(script -> {
            script.accept(version);
            for (int round = 0; round < 10 * ROUNDS; round++) {
                script.answer(PacketType.PUBLISH, version, packet -> {
                    dependents.acquireUninterruptibly();
                    Publish publish = (Publish) packet;
                    Publish echo = new Publish(publish.message().withQos(Qos.AT_MOST_ONCE), false, 0, 0);
                    Puback puback = new Puback(publish.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE);
                    return qos == 0 ? segment(version, echo) : segment(version, puback, echo);
                });
            }
            script.stall();
        })) {
            try (MqttClient client = client(broker, version).build()) {
                client.connect();
                for (int round = 0; round < 10 * ROUNDS; round++) {
                    client.publishAsync(Message.of("t", "x").withQos(Qos.of(qos)))
                            .thenRun(() -> events.add("published"));
                    dependents.release();

                    assertOrder("published");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a batch completes before a message behind its last PUBACK")
    void a_batch_completes_before_a_message_behind_it(ProtocolVersion version) throws Exception {
        try (ScriptedBroker broker = broker(script -> {
            script.accept(version);
            for (int round = 0; round < ROUNDS; round++) {
                int[] first = new int[1];
                script.expect(PacketType.PUBLISH, version, packet -> first[0] = ((Publish) packet).packetId());
                script.answer(PacketType.PUBLISH, version, packet -> {
                    dependents.acquireUninterruptibly();
                    int second = ((Publish) packet).packetId();
                    return segment(
                            version,
                            new Puback(second, ReasonCode.SUCCESS, MqttProperties.NONE),
                            new Puback(first[0], ReasonCode.SUCCESS, MqttProperties.NONE),
                            message(Qos.AT_MOST_ONCE));
                });
            }
            script.stall();
        })) {
            try (MqttClient client = client(broker, version).build()) {
                client.connect();
                for (int round = 0; round < ROUNDS; round++) {
                    client.publishAllAsync(List.of(Message.of("t", "x"), Message.of("t", "y")))
                            .thenRun(() -> events.add("published"));
                    dependents.release();

                    assertOrder("published");
                }
            }
        }
    }

    @Test
    @DisplayName("a message is not kept waiting for ever by a dependent that blocks, even by one that waits for it")
    void a_dependent_that_blocks_delays_messages_for_a_moment_only() throws Exception {
        CountDownLatch handled = new CountDownLatch(1);
        ProtocolVersion version = ProtocolVersion.V3_1_1;
        try (ScriptedBroker broker = broker(script -> connackAndMessage(script, version, Qos.AT_MOST_ONCE));
                MqttClient client = client(broker, version)
                        .handler("t", message -> handled.countDown())
                        .build()) {
            CompletableFuture<Boolean> waited = client.connectAsync().thenApply(connected -> {
                try {
                    return handled.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    return false;
                }
            });
            dependents.release();

            assertThat(waited).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        }
    }

    /** As on a busy machine, where the thread of a dependent may wait for a processor longer than for anything else. */
    @Test
    @DisplayName("a message does not overtake a result whose thread runs, or would run if it had a processor")
    void a_dependent_that_takes_long_is_not_overtaken() throws Exception {
        ProtocolVersion version = ProtocolVersion.V3_1;
        try (ScriptedBroker broker = broker(script -> connackAndMessage(script, version, Qos.AT_MOST_ONCE));
                MqttClient client = client(broker, version).build()) {
            client.connectAsync().thenRun(() -> {
                long end = System.nanoTime() + 100_000_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                events.add("connected");
            });
            dependents.release();

            assertOrder("connected");
        }
    }

    @Test
    @DisplayName("nor is it kept waiting for ever by one that computes without end")
    void a_dependent_that_computes_delays_messages_for_a_moment_only() throws Exception {
        AtomicBoolean handled = new AtomicBoolean();
        ProtocolVersion version = ProtocolVersion.V3_1_1;
        try (ScriptedBroker broker = broker(script -> connackAndMessage(script, version, Qos.AT_MOST_ONCE));
                MqttClient client = client(broker, version)
                        .handler("t", message -> handled.set(true))
                        .build()) {
            CompletableFuture<Boolean> computed = client.connectAsync().thenApply(connected -> {
                long end = System.nanoTime() + 10_000_000_000L;
                while (!handled.get() && System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                return handled.get();
            });
            dependents.release();

            assertThat(computed).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        }
    }

    @Test
    void results_and_messages_keep_the_order_of_their_packets_in_a_fast_stream() throws Exception {
        int messages = 20_000;
        List<Integer> handled = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(messages);
        try (MqttBroker broker = MqttBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("echo")
                        .build()) {
            client.connect();
            boolean[] published = new boolean[messages];
            boolean[] attached = new boolean[messages];
            client.subscribe("echo", Qos.AT_MOST_ONCE, message -> {
                int number = Integer.parseInt(message.text());
                handled.add(number);
                if (attached[number] && !published[number]) {
                    wrong.add("the echo of " + number + " came before its result");
                }
                done.countDown();
            });

            for (int i = 0; i < messages; i++) {
                int number = i;
                client.publishAsync(Message.of("echo", String.valueOf(number)).withQos(Qos.AT_MOST_ONCE))
                        .thenRun(() -> published[number] = true);
                attached[number] = true;
            }

            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).isEmpty();
            assertThat(handled).isSorted().hasSize(messages);
        }
    }
}
