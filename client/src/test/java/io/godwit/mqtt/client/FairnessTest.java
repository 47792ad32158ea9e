package io.godwit.mqtt.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that share one event loop. */
@Timeout(120)
class FairnessTest {
    private static final int NEIGHBOURS = 999;

    @Test
    @DisplayName("a client that publishes without pause does not starve 999 neighbours on its event loop")
    void a_blast_does_not_starve_the_neighbours() throws Exception {
        AtomicBoolean blasting = new AtomicBoolean(true);
        AtomicLong sent = new AtomicLong();
        List<MqttClient> neighbours = new ArrayList<>();
        NettyTransport oneLoop = new NettyTransport(1);
        try (TestBroker broker = TestBroker.start()) {
            MqttClient blaster = client(broker, oneLoop, "blaster");
            blaster.connect();
            Thread blast = new Thread(() -> {
                Message message = Message.of("blast", new byte[64]).withQos(Qos.AT_MOST_ONCE);
                while (blasting.get()) {
                    blaster.publish(message);
                    sent.incrementAndGet();
                }
            });
            try {
                for (int i = 0; i < NEIGHBOURS; i++) {
                    neighbours.add(client(broker, oneLoop, "neighbour-" + i));
                }
                all(neighbours.stream().map(MqttClient::connectAsync).toList());
                blast.start();
                await().until(() -> sent.get() > 10_000);
                for (int round = 0; round < 3; round++) {
                    long before = sent.get();
                    all(neighbours.stream()
                            .map(neighbour -> neighbour.publishAsync("calm", "x"))
                            .toList());
                    await().until(() -> sent.get() > before);
                }
            } finally {
                blasting.set(false);
                blast.join();
                neighbours.add(blaster);
                all(neighbours.stream().map(MqttClient::closeAsync).toList());
            }
        } finally {
            oneLoop.close();
        }
    }

    @Test
    void closing_a_client_does_not_wait_for_the_event_loop_of_its_neighbours() {
        NettyTransport oneLoop = new NettyTransport(1);
        try (TestBroker broker = TestBroker.start()) {
            assertTimeout(Duration.ofSeconds(4), () -> {
                for (int i = 0; i < 5; i++) {
                    MqttClient client = client(broker, oneLoop, "short-" + i);
                    client.connect();
                    client.close();
                }
            });
        } finally {
            oneLoop.close();
        }
    }

    private static MqttClient client(TestBroker broker, NettyTransport transport, String id) {
        return TransportAccess.use(MqttClient.builder(), transport)
                .server(broker.uri())
                .clientId(id)
                .closeTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** Each ends well within a time that a starved one would not keep. */
    private static void all(List<? extends CompletableFuture<?>> futures) throws Exception {
        for (CompletableFuture<?> future : futures) {
            future.get(20, TimeUnit.SECONDS);
        }
    }
}
