package io.godwit.mqtt.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.ClientListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ListenerCallsTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> made = new ArrayList<>();
    private final ListenerCalls calls =
            new ListenerCalls(tasks::add, missed -> made.add("missed " + missed), failure -> made.add("failed"));

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void a_call_about_the_connection_is_never_left_out_for_a_later_one() {
        calls.execute(() -> made.add("connected"));
        for (int i = 1; i < ClientListener.MOST_WAITING; i++) {
            int number = i;
            calls.offer(() -> made.add("message " + number), 0);
        }

        calls.execute(() -> made.add("disconnected"));
        calls.offer(() -> made.add("one too many"), 0);
        runTasks();

        assertThat(made)
                .startsWith("missed 2", "connected", "message 2")
                .endsWith("message " + (ClientListener.MOST_WAITING - 1), "disconnected")
                .doesNotContain("message 1", "one too many");
    }

    @Test
    void calls_about_the_connection_alone_are_bounded_too() {
        for (int i = 0; i <= ClientListener.MOST_WAITING; i++) {
            int number = i;
            calls.execute(() -> made.add("call " + number));
        }

        runTasks();

        assertThat(made).startsWith("missed 1", "call 1").hasSize(ClientListener.MOST_WAITING + 1);
    }
}
