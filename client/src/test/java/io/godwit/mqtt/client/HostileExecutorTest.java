package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Executors of the application that do not do what an executor should: no call hangs, and what still can work does. */
@Timeout(60)
class HostileExecutorTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void stop() {
        broker.close();
    }

    private enum Kind implements Executor {
        REJECTS {
            @Override
            public void execute(Runnable task) {
                throw new RejectedExecutionException("full");
            }
        },
        HAS_NO_THREAD {
            @Override
            public void execute(Runnable task) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        },
        RUNS_ON_THE_CALLING_THREAD {
            @Override
            public void execute(Runnable task) {
                task.run();
            }
        },
        RUNS_TWICE {
            @Override
            public void execute(Runnable task) {
                CompletableFuture.runAsync(task).thenRun(task);
            }
        }
    }

    private MqttClient client(Executor executor) {
        return MqttClient.builder()
                .server(broker.uri())
                .clientId("hostile")
                .executor(executor)
                .callTimeout(LIMIT)
                .closeTimeout(Duration.ofSeconds(1))
                .build();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void messages_and_results_come_however_the_executor_runs_them(Kind executor) throws Exception {
        AtomicInteger handled = new AtomicInteger();
        try (MqttClient client = client(executor)) {
            client.connect();
            client.subscribe("e", Qos.EXACTLY_ONCE, message -> handled.incrementAndGet());
            client.publish("e", "one");
            client.publishAsync("e", "two").thenRun(() -> {}).get(5, TimeUnit.SECONDS);

            await().atMost(LIMIT).until(() -> handled.get() == 2);
        }
        assertThat(handled).hasValue(2);
    }

    @Test
    void an_executor_that_drops_tasks_keeps_no_call_waiting() {
        MqttClient client = client(task -> {});
        client.connect();
        client.subscribe("e", message -> {});
        client.publish("e", "one");

        client.close();

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
    }
}
