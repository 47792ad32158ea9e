package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers and listeners that throw what no application should. Policies and suppliers: {@link ConnectionLimitsTest}. */
@Timeout(60)
class ThrowingCodeTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void stop() {
        broker.close();
    }

    static List<Throwable> throwables() {
        return List.of(
                new RuntimeException("x"),
                new OutOfMemoryError("fake"),
                new StackOverflowError(),
                new NoClassDefFoundError("x"),
                new AssertionError("x"),
                new ExceptionInInitializerError("x"),
                new Exception("checked"),
                new Error("x") {
                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("no message");
                    }

                    @Override
                    public String toString() {
                        throw new IllegalStateException("no text");
                    }
                });
    }

    static Stream<Arguments> threadsAndLevels() {
        return Stream.of(true, false).flatMap(onLoop -> Stream.of(Qos.values()).map(qos -> Arguments.of(onLoop, qos)));
    }

    @ParameterizedTest
    @MethodSource("threadsAndLevels")
    void the_message_after_one_whose_handler_threw_is_delivered(boolean onLoop, Qos qos) throws InterruptedException {
        List<Throwable> throwables = throwables();
        MqttClientBuilder builder =
                MqttClient.builder().server(broker.uri()).clientId("handler").callTimeout(SOON);
        if (onLoop) {
            builder.handlersOnEventLoop();
        }
        try (MqttClient client = builder.build()) {
            CountDownLatch good = new CountDownLatch(throwables.size());
            client.connect();
            client.subscribe("t", qos, message -> {
                if (message.text().equals("good")) {
                    good.countDown();
                } else {
                    throw sneaky(throwables.get(Integer.parseInt(message.text())));
                }
            });

            for (int n = 0; n < throwables.size(); n++) {
                broker.publish(Message.of("t", String.valueOf(n)).withQos(qos));
                broker.publish(Message.of("t", "good").withQos(qos));
            }

            assertThat(good.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            client.publish("other", "works");
            assertThat(broker.connects()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void a_listener_that_throws_keeps_no_client_from_reconnecting(Throwable failure) {
        AtomicInteger called = new AtomicInteger();
        ClientListener listener = new ClientListener() {
            @Override
            public void connected(MqttClient client, ConnectResult result) {
                called.incrementAndGet();
                throw sneaky(failure);
            }

            @Override
            public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
                called.incrementAndGet();
                throw sneaky(failure);
            }
        };
        try (MqttClient client = MqttClient.builder()
                .server(broker.uri())
                .clientId("listener")
                .callTimeout(SOON)
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .listener(listener)
                .build()) {
            client.connect();

            broker.dropConnection("listener");

            await().atMost(SOON).until(() -> called.get() >= 3);
            client.publish("t", "works");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }
}
