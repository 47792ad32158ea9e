package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises that sockets, threads and files can break, which the simulation does not have: over a connection that swallows
 * bytes, and with the session on disk. What a broker alone can show is in the client's {@code ClientPromisesTest}, which
 * has no store on disk. See docs/guarantees.md.
 */
class PromisesTest {
    private TestBroker broker;
    private FaultProxy proxy;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        proxy = FaultProxy.to("127.0.0.1", broker.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
        broker.close();
    }

    private MqttClientBuilder client(String id) {
        return client(id, proxy.uri());
    }

    private static MqttClientBuilder client(String id, String uri) {
        return MqttClient.builder()
                .server(uri)
                .clientId(id)
                .protocol(ProtocolVersion.V5)
                .sessionExpiry(Duration.ofHours(1))
                .cleanSession(false)
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .callTimeout(Duration.ofSeconds(2))
                .closeTimeout(Duration.ofMillis(300));
    }

    @Test
    void promise_3_no_async_call_blocks_while_the_network_swallows_everything() {
        // A call that blocked would wait for its time limit, and the limit of this test would end it.
        try (MqttClient client = client("c").callTimeout(Duration.ofHours(1)).build()) {
            client.connect();
            proxy.blackhole();
            for (int i = 0; i < 5_000; i++) {
                CompletableFuture<PublishResult> sent = client.publishAsync(Message.of("a", new byte[1_000]));
                assertThat(sent.isDone()).isFalse();
            }
            client.subscribeAsync("b", Qos.AT_LEAST_ONCE, message -> {});
            client.unsubscribeAsync("b");
            client.disconnectAsync();
            proxy.heal();
        }
    }

    @Test
    void promise_4_a_full_queue_is_a_policy_that_the_user_sees() {
        try (MqttClient client = client("c")
                .maximumInFlight(1)
                .queue(2, 1_000, WhenFull.DROP_OLDEST)
                .build()) {
            client.connect();
            proxy.blackhole();
            List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                sent.add(client.publishAsync(Message.of("a", "number " + i)));
            }

            await().untilAsserted(() -> {
                for (int dropped : List.of(1, 2)) {
                    assertThatThrownBy(() -> sent.get(dropped).getNow(null))
                            .hasCauseInstanceOf(PublishException.class)
                            .hasMessageContaining("newer message");
                }
            });
            proxy.heal();
            proxy.cut(); // what was swallowed is missing in the stream
            assertThat(List.of(sent.get(0), sent.get(3), sent.get(4)))
                    .allSatisfy(publication -> assertThat(publication).succeedsWithin(Duration.ofSeconds(20)));
        }
    }

    @Test
    void promise_5_close_works_in_every_state_and_leaves_nothing_behind() {
        warmUp();
        int threads = storeThreads();
        long files = openFiles();
        for (int i = 0; i < 20; i++) {
            MqttClient idle = client("idle").store(DiskStore.at(folder)).build();
            idle.close();
            assertThat(idle.state()).isEqualTo(ClientState.CLOSED);

            MqttClient connected = client("connected", broker.uri())
                    .store(DiskStore.at(folder))
                    .build();
            connected.connect();
            connected.close();
            assertThat(connected.state()).isEqualTo(ClientState.CLOSED);

            proxy.refuse();
            MqttClient trying = client("trying")
                    .retryFirst(true)
                    .store(DiskStore.at(folder))
                    .build();
            trying.connectAsync();
            await().until(() -> trying.state() != ClientState.IDLE);
            trying.close();
            assertThat(trying.state()).isEqualTo(ClientState.CLOSED);
            proxy.accept();
        }

        await().atMost(Duration.ofSeconds(10))
                .until(() -> broker.connectedClients().isEmpty());
        assertThat(storeThreads()).isEqualTo(threads).isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> openFiles() <= files);
    }

    private void warmUp() {
        try (MqttClient client =
                client("first", broker.uri()).store(DiskStore.at(folder)).build()) {
            client.connect();
        }
        await().until(() -> broker.connectedClients().isEmpty());
    }

    private static int storeThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("godwit-store"))
                .count();
    }

    /** Files and sockets of this process, where the system tells. */
    private static long openFiles() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }
}
