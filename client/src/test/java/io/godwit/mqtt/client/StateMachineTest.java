package io.godwit.mqtt.client;

import static io.godwit.mqtt.client.ClientState.CLOSED;
import static io.godwit.mqtt.client.ClientState.CONNECTED;
import static io.godwit.mqtt.client.ClientState.IDLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each call in each state of the drawing in ARCHITECTURE.md: what it leads to, and that it ends. */
@Timeout(30)
class StateMachineTest {
    private TestBroker broker;
    private MqttClient client;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        client = MqttClient.builder()
                .server(broker.uri())
                .clientId("c")
                .retryFirst(true)
                .reconnect(attempt -> Duration.ofMillis(attempt.failure() == null ? 3_600_000 : 10))
                .connackTimeout(Duration.ofMillis(300))
                .closeTimeout(Duration.ofMillis(300))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    enum Call {
        CONNECT(MqttClient::connectAsync),
        DISCONNECT(MqttClient::disconnectAsync),
        CLOSE(MqttClient::closeAsync);

        final Function<MqttClient, CompletableFuture<?>> make;

        Call(Function<MqttClient, CompletableFuture<?>> make) {
            this.make = make;
        }
    }

    /** @param to the state that it leads to */
    record Edge(ClientState from, Call call, ClientState to) {
        @Override
        public String toString() {
            return call + " in " + from + " leads to " + to;
        }
    }

    static Stream<Edge> edges() {
        return Stream.of(ClientState.values())
                .flatMap(from -> Stream.of(
                        new Edge(from, Call.CONNECT, from == CLOSED ? CLOSED : CONNECTED),
                        new Edge(from, Call.DISCONNECT, from == CLOSED ? CLOSED : IDLE),
                        new Edge(from, Call.CLOSE, CLOSED)));
    }

    @ParameterizedTest
    @MethodSource("edges")
    void a_call_ends_and_leads_to_its_state(Edge edge) throws Exception {
        bringTo(edge.from);

        CompletableFuture<?> end = edge.call.make.apply(client);
        broker.silent(false);
        broker.goOnline();

        boolean refused = edge.from == CLOSED && edge.call == Call.CONNECT;
        assertThat(end.handle((done, failure) -> failure instanceof ClientClosedException)
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo(refused);
        await().until(() -> client.state() == edge.to);
        if (edge.to != CONNECTED) {
            await().until(() -> broker.connectedClients().isEmpty());
        }
    }

    private void bringTo(ClientState state) {
        switch (state) {
            case IDLE -> {}
            case CONNECTING -> {
                broker.silent(true);
                client.connectAsync();
            }
            case CONNECTED -> client.connect();
            case WAITING -> {
                client.connect();
                broker.goOffline();
            }
            case DISCONNECTING -> {
                client.connect();
                broker.silent(true);
                client.publishAsync("t", "is not answered");
                client.disconnectAsync();
            }
            case CLOSED -> client.close();
        }
        await().until(() -> client.state() == state);
    }
}
