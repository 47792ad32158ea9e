package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients whose event loop never sleeps. */
@Timeout(60)
class BusyPollingTest {
    private final BlockingQueue<Thread> handlers = new LinkedBlockingQueue<>();
    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        assumeTrue(Epoll.isAvailable(), "busy polling needs epoll");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private MqttClient connect() {
        MqttClient client =
                MqttClient.builder().server(broker.uri()).busyPolling().build();
        client.connect();
        return client;
    }

    /** The thread on which a handler of the client is called. */
    private @Nullable Thread handlerThread(MqttClient client, String topic) throws InterruptedException {
        client.subscribe(topic, Qos.AT_LEAST_ONCE, message -> handlers.add(Thread.currentThread()));
        client.publish(topic, "x");
        return handlers.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void all_of_them_share_one_event_loop_that_runs_their_handlers_and_ends_with_the_last() throws Exception {
        MqttClient first = connect();
        MqttClient second = connect();

        Thread loop = handlerThread(first, "a");

        assertThat(loop).isNotNull();
        assertThat(loop.getName()).startsWith("godwit-io");
        assertThat(handlerThread(second, "b")).isSameAs(loop);

        first.close();
        assertThat(handlerThread(second, "c")).isSameAs(loop);
        second.close();
        loop.join(10_000);
        assertThat(loop.isAlive()).isFalse();
    }

    @Test
    void the_event_loop_computes_while_nothing_happens() throws Exception {
        try (MqttClient client = connect()) {
            Thread loop = handlerThread(client, "a");
            long wanted = cpuTicks(loop) + 10;

            while (cpuTicks(loop) < wanted) { // forever if it sleeps
                Thread.onSpinWait();
            }

            assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
        }
    }

    /** The processor time of a thread in hundredths of a second, as Linux tells it under the first characters of its name. */
    private static long cpuTicks(Thread thread) throws IOException {
        String name =
                thread.getName().substring(0, Math.min(15, thread.getName().length()));
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                String line = stat(task);
                if (line.contains("(" + name + ")")) {
                    List<String> figures =
                            List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
                    return Long.parseLong(figures.get(11)) + Long.parseLong(figures.get(12));
                }
            }
        }
        throw new IllegalStateException("no thread " + name);
    }

    /** Empty: the thread has ended since it was listed. */
    private static String stat(Path task) {
        try {
            return Files.readString(task.resolve("stat"));
        } catch (IOException ended) {
            return "";
        }
    }

    @Test
    void handlers_have_no_other_threads() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MqttClient.builder()
                        .server(broker.uri())
                        .busyPolling()
                        .executor(Runnable::run)
                        .build())
                .withMessageContaining("busyPolling() and executor(...)");
    }
}
