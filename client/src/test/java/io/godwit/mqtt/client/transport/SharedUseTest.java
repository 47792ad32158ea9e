package io.godwit.mqtt.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What all clients share, and when it ends")
class SharedUseTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    /** Notes what it is told. */
    private static final class Noting implements SharedUse.Shared {
        final List<String> calls = new ArrayList<>();
        final Queue<Runnable> scheduled = new ArrayDeque<>();
        boolean failing;

        @Override
        public void begin() {
            failIfSo();
            calls.add("begin");
        }

        @Override
        public void end() {
            calls.add("end");
        }

        @Override
        public void schedule(Runnable task, long nanos) {
            failIfSo();
            scheduled.add(task);
        }

        private void failIfSo() {
            if (failing) {
                throw new RejectedExecutionException("for the test");
            }
        }
    }

    private final Noting shared = new Noting();

    @Test
    void it_ends_with_its_last_user_where_a_class_loader_may_wait_for_it() {
        SharedUse use = new SharedUse(shared, 0);

        Cancellable first = use.retain();
        Cancellable second = use.retain();
        first.cancel();
        first.cancel();
        assertThat(shared.calls).containsExactly("begin");
        second.cancel();

        assertThat(shared.calls).containsExactly("begin", "end");
        use.retain();
        assertThat(shared.calls).containsExactly("begin", "end", "begin");
    }

    @Test
    void the_next_user_finds_it_before_the_pause_is_over() {
        SharedUse use = new SharedUse(shared, HOUR);

        for (int i = 0; i < 5; i++) {
            use.retain().cancel();
        }

        assertThat(shared.calls).containsExactly("begin");
        assertThat(shared.scheduled).as("one look at a time").hasSize(1);
    }

    @Test
    void a_look_during_the_pause_is_followed_by_another() {
        SharedUse use = new SharedUse(shared, HOUR);
        use.retain().cancel();

        shared.scheduled.remove().run();

        assertThat(shared.calls).containsExactly("begin");
        assertThat(shared.scheduled).hasSize(1);
    }

    @Test
    void a_look_while_it_is_in_use_ends_nothing() {
        SharedUse use = new SharedUse(shared, HOUR);
        use.retain().cancel();
        use.retain();

        shared.scheduled.remove().run();

        assertThat(shared.calls).containsExactly("begin");
        assertThat(shared.scheduled).isEmpty();
    }

    @Test
    void it_ends_after_the_pause() {
        SharedUse use = new SharedUse(shared, 1);
        use.retain().cancel();

        while (!shared.scheduled.isEmpty()) {
            shared.scheduled.remove().run();
        }

        assertThat(shared.calls).containsExactly("begin", "end");
    }

    @Test
    void it_ends_at_once_if_nothing_can_be_scheduled() {
        SharedUse use = new SharedUse(shared, HOUR);
        Cancellable only = use.retain();
        shared.failing = true;

        only.cancel();

        assertThat(shared.calls).containsExactly("begin", "end");
    }

    @Test
    void a_user_for_whom_it_cannot_begin_does_not_count() {
        SharedUse use = new SharedUse(shared, 0);
        shared.failing = true;
        assertThatThrownBy(use::retain).isInstanceOf(RejectedExecutionException.class);
        shared.failing = false;

        use.retain().cancel();

        assertThat(shared.calls).containsExactly("begin", "end");
    }

    @Test
    void classes_of_an_application_in_a_server_are_not_on_the_class_path() throws Exception {
        URL here = SharedUse.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader application = new URLClassLoader(new URL[] {here}, null)) {
            Class<?> deployed = application.loadClass(SharedUse.class.getName());

            assertThat(SharedUse.isOnClassPath(deployed)).isFalse();
        }
        assertThat(SharedUse.isOnClassPath(SharedUse.class)).isTrue();
        assertThat(SharedUse.isOnClassPath(String.class)).isTrue();
    }
}
