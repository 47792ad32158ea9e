package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.transport.LoopEndedException;
import io.godwit.mqtt.client.transport.netty.FailingTasks;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client whose event loop is stopped by an error within Netty, as by an exhausted heap. */
@Timeout(60)
class EventLoopFailureTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final TestBroker broker = TestBroker.start();
    private final FailingTasks tasks = new FailingTasks();
    private final NettyTransport transport = tasks.transport();

    @AfterEach
    void stop() {
        transport.close();
        broker.close();
    }

    private MqttClientBuilder builder() {
        return TransportAccess.use(MqttClient.builder(), transport)
                .server(broker.uri())
                .clientId("boiler-7")
                .cleanSession(false)
                .callTimeout(SOON)
                .reconnect(Reconnect.fixed(Duration.ofMillis(10)));
    }

    private static void await(CompletableFuture<?> future) {
        future.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void the_connection_is_made_again_and_the_listener_hears_why(int failures) throws InterruptedException {
        CompletableFuture<DisconnectCause> lost = new CompletableFuture<>();
        CountDownLatch received = new CountDownLatch(1);
        try (MqttClient client = builder()
                .listener(new ClientListener() {
                    @Override
                    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
                        lost.complete(cause);
                    }
                })
                .build()) {
            client.connect();
            client.subscribe("t", Qos.AT_LEAST_ONCE, message -> received.countDown());

            tasks.fail(failures);
            CompletableFuture<PublishResult> publish =
                    client.publishAsync(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            await(publish);
            assertThat(received.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            await(lost);
            assertThat(lost.join().endedBy()).isEqualTo(EndedBy.CLIENT);
            assertThat(lost.join().exception()).isInstanceOf(LoopEndedException.class);
            assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
        }
    }

    @Test
    void everything_that_was_started_ends_however_often_it_happens() {
        AtomicInteger received = new AtomicInteger();
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribe("t", Qos.EXACTLY_ONCE, message -> received.incrementAndGet());
            List<CompletableFuture<?>> started = new ArrayList<>();
            for (int n = 0; n < 200; n++) {
                if (n % 20 == 0) {
                    tasks.fail(1 + n / 20 % 3);
                }
                started.add(client.publishAsync(Message.of("t", "x").withQos(Qos.EXACTLY_ONCE)));
            }

            started.forEach(EventLoopFailureTest::await);
            Awaitility.await().until(() -> received.get() == 200);
        }
    }

    @Test
    void a_call_that_has_just_been_made_ends() {
        for (int failures = 1; failures <= 3; failures += 2) {
            MqttClient client = builder().retryFirst(true).build();

            tasks.fail(failures);
            CompletableFuture<ConnectResult> connect = client.connectAsync();
            await(connect);
            tasks.fail(failures);
            CompletableFuture<Void> disconnect = client.disconnectAsync();
            await(disconnect.exceptionally(failure -> null));
            tasks.fail(failures);
            await(client.closeAsync());

            assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        }
    }

    @Test
    void a_blocking_close_during_it_returns() {
        for (int failures = 1; failures <= 3; failures += 2) {
            MqttClient client = builder().retryFirst(true).build();
            client.connect();
            tasks.fail(failures);

            client.close();

            assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        }
    }
}
