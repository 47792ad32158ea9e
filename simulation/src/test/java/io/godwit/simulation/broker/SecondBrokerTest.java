package io.godwit.simulation.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client with two servers, both real brokers with no sessions in common, of which one dies and later the other. */
@Timeout(90)
class SecondBrokerTest {
    @TempDir
    Path folder;

    private final Map<Integer, CompletableFuture<PublishResult>> publishes = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicInteger> arrived = new ConcurrentHashMap<>();
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final AtomicInteger resubscribed = new AtomicInteger();
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();

    @BeforeEach
    void needsMosquitto() {
        assumeTrue(BrokerProcess.hasMosquitto(), "needs Mosquitto: apt-get install mosquitto");
    }

    private static String uri(BrokerProcess broker) {
        return "mqtt://127.0.0.1:" + broker.port();
    }

    private MqttClient observer(BrokerProcess broker) {
        MqttClient observer = MqttClient.builder()
                .server(uri(broker))
                .protocol(ProtocolVersion.V5)
                .clientId("observer")
                .cleanSession(false)
                .sessionExpiry(Duration.ofHours(1))
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .build();
        observer.connect();
        observer.subscribe(
                "out/#",
                Qos.EXACTLY_ONCE,
                message -> arrived.computeIfAbsent(Integer.valueOf(message.text()), absent -> new AtomicInteger())
                        .incrementAndGet());
        return observer;
    }

    /** One whose sessions end with its connections, so that none comes back to an old one. */
    private MqttClient client(BrokerProcess first, BrokerProcess second) {
        MqttClient client = MqttClient.builder()
                .transport(TransportOptions.to(uri(first), uri(second)))
                .protocol(ProtocolVersion.V5)
                .clientId("c")
                .cleanSession(true)
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .listener(new ClientListener() {
                    @Override
                    public void resubscribed(MqttClient of, TopicSubscription subscription, ReasonCode reason) {
                        resubscribed.incrementAndGet();
                    }
                })
                .build();
        client.connect();
        client.subscribe("in", Qos.AT_LEAST_ONCE, message -> received.add(message.text()));
        return client;
    }

    private static Qos qos(int number) {
        return number % 2 == 0 ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE;
    }

    private void publish(MqttClient client) {
        int number = publishes.size();
        publishes.put(
                number,
                client.publishAsync(
                        Message.of("out/" + number % 2, String.valueOf(number)).withQos(qos(number))));
    }

    private static boolean isAt(MqttClient client, BrokerProcess broker) {
        ConnectResult connection = client.connection();
        return connection != null && String.valueOf(connection.server()).contains(":" + broker.port());
    }

    private int arrivals(int number) {
        AtomicInteger times = arrived.get(number);
        return times == null ? 0 : times.get();
    }

    @Test
    @DisplayName(
            "publishes end truthfully while one dies, subscriptions come along, and the client returns when the other dies")
    void a_client_goes_on_at_the_other_broker_and_comes_back() throws Exception {
        try (BrokerProcess first = BrokerProcess.start("mosquitto", folder.resolve("first"));
                BrokerProcess second = BrokerProcess.start("mosquitto", folder.resolve("second"));
                MqttClient atFirst = observer(first);
                MqttClient atSecond = observer(second);
                MqttClient client = client(first, second)) {
            publisher.scheduleAtFixedRate(() -> publish(client), 0, 1, TimeUnit.MILLISECONDS);
            await().until(() -> arrived.size() > 100);

            first.close();
            await().until(() -> isAt(client, second) && resubscribed.get() == 1);
            atSecond.publish(Message.of("in", "from the second").withQos(Qos.AT_LEAST_ONCE));
            await().until(() -> received.contains("from the second"));

            first.restart();
            second.close();
            await().until(() -> isAt(client, first) && resubscribed.get() == 2);
            atFirst.publish(Message.of("in", "from the first").withQos(Qos.AT_LEAST_ONCE));
            await().until(() -> received.contains("from the first"));

            second.restart(); // so that its observer receives what it has left
            publisher.shutdown();
            assertThat(publisher.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
            publishes.forEach(this::assertEndsTruthfully);
        } finally {
            publisher.shutdownNow();
        }
    }

    private void assertEndsTruthfully(int number, CompletableFuture<PublishResult> publication) {
        try {
            publication.orTimeout(20, TimeUnit.SECONDS).join();
            assertArrives(number);
        } catch (CompletionException failed) {
            assertThat(qos(number))
                    .as("publish %s: %s", number, failed.getCause())
                    .isEqualTo(Qos.EXACTLY_ONCE);
            assertThat(failed.getCause())
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            typed -> assertThat(typed.kind()).isEqualTo(PublishException.Cause.SESSION_LOST));
        }
        if (qos(number) == Qos.EXACTLY_ONCE) {
            assertThat(arrivals(number)).as("arrivals of publish %s", number).isLessThanOrEqualTo(1);
        }
    }

    private void assertArrives(int number) {
        if (arrivals(number)
                == 0) { // most have arrived long before, and even a condition that holds takes await its first delay
            await("publish " + number + " has succeeded and arrives").until(() -> arrivals(number) > 0);
        }
    }
}
