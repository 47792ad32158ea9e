package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.transport.Cancellable;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Keeping the JVM running")
class JvmHoldTest {

    private static List<Thread> holders() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("godwit-keep-jvm-running"))
                .toList();
    }

    @Test
    void one_thread_that_is_no_daemon_runs_until_the_last_holder_has_released_it() {
        JvmHold hold = new JvmHold();

        Cancellable first = hold.take();
        Cancellable second = hold.take();

        assertThat(holders()).hasSize(1).noneMatch(Thread::isDaemon);
        Thread thread = holders().get(0);
        first.cancel();
        first.cancel();
        assertThat(thread.isAlive()).isTrue();
        second.cancel();
        await().untilAsserted(() -> assertThat(thread.isAlive()).isFalse());
    }

    @Test
    void an_interrupt_does_not_end_it() {
        JvmHold hold = new JvmHold();
        Cancellable only = hold.take();
        Thread thread = holders().get(0);

        thread.interrupt();

        await().until(() -> thread.getState() == Thread.State.WAITING);
        only.cancel();
        await().untilAsserted(() -> assertThat(thread.isAlive()).isFalse());
    }
}
