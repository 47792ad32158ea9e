package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Code of some clients that blocks, outside of this library, and what it means for another client of the JVM: nothing. */
@Timeout(60)
class SharedThreadsTest {
    /** More than the processors of any machine that runs this have threads to spare. */
    private static final int BLOCKED = 40;

    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch blocked = new CountDownLatch(BLOCKED);
    private final List<MqttClient> clients = new ArrayList<>();
    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        clients.forEach(MqttClient::closeAsync);
        broker.close();
    }

    /** Blocks as a database does, in a way that no pool can notice. */
    private synchronized void enter() {
        blocked.countDown();
    }

    private void block() {
        enter();
        boolean interrupted = false;
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private MqttClientBuilder builder(String id) {
        return MqttClient.builder()
                .server(broker.uri())
                .clientId(id)
                .closeTimeout(Duration.ofMillis(200))
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)));
    }

    private MqttClient start(MqttClientBuilder builder) {
        MqttClient client = builder.build();
        clients.add(client);
        client.connect();
        return client;
    }

    static Stream<Arguments> blockers() {
        return Stream.of(
                blocker("handlers", (test, i) -> {
                    test.start(test.builder("slow-" + i)).subscribe("slow", message -> test.block());
                    if (i == BLOCKED - 1) {
                        test.broker.publish(Message.of("slow", "x"));
                    }
                }),
                blocker("dependents of one client's publishes", (test, i) -> {
                    MqttClient client = i == 0 ? test.start(test.builder("slow")) : test.clients.get(0);
                    client.publishAsync("t", "x").thenRun(test::block);
                }),
                blocker(
                        "listeners",
                        (test, i) -> test.start(test.builder("slow-" + i).listener(new ClientListener() {
                            @Override
                            public void connected(MqttClient client, ConnectResult result) {
                                test.block();
                            }
                        }))),
                blocker("credential suppliers", (test, i) -> {
                    MqttClient client = test.builder("slow-" + i)
                            .credentials(() -> {
                                test.block();
                                return null;
                            })
                            .build();
                    test.clients.add(client);
                    client.connectAsync();
                }),
                blocker("reconnect policies", (test, i) -> {
                    test.start(test.builder("slow-" + i).reconnect(attempt -> {
                        test.block();
                        return null;
                    }));
                    test.broker.dropConnection("slow-" + i);
                }));
    }

    private static Arguments blocker(String name, BiConsumer<SharedThreadsTest, Integer> start) {
        return Arguments.argumentSet(name, start);
    }

    @ParameterizedTest
    @MethodSource("blockers")
    void what_blocks_in_other_clients_keeps_no_client_from_working(BiConsumer<SharedThreadsTest, Integer> start)
            throws Exception {
        for (int i = 0; i < BLOCKED; i++) {
            start.accept(this, i);
        }
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        CountDownLatch handled = new CountDownLatch(1);
        CountDownLatch dependent = new CountDownLatch(1);
        CountDownLatch connections = new CountDownLatch(2);

        MqttClient client = start(builder("victim").credentials(() -> null).listener(new ClientListener() {
            @Override
            public void connected(MqttClient connected, ConnectResult result) {
                connections.countDown();
            }
        }));
        client.subscribe("victim", message -> handled.countDown());
        client.publishAsync("victim", "x").thenRun(dependent::countDown);
        assertThat(handled.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(dependent.await(5, TimeUnit.SECONDS)).isTrue();
        broker.dropConnection("victim");

        assertThat(connections.await(5, TimeUnit.SECONDS)).isTrue();
        client.publish("victim", "after the reconnect");
        client.close();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    }
}
