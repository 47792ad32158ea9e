package io.godwit.mqtt.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FutureCompleterTest {
    private static final Runnable NOT_RESUMED = () -> fail("resumed though it went on");

    private boolean blocked;
    private final Loop loop = new Loop();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final GuardedSession session = session();
    private final FutureCompleter completer =
            new FutureCompleter(tasks::add, new CallContext(null), loop, session, false, thread -> blocked);

    private GuardedSession session() {
        SessionConfig config = new SessionConfig(
                ProtocolVersion.V3_1_1,
                new SessionConfig.Sending(
                        new QueueBounds(100, 1 << 20, QueueBounds.WhenFull.FAIL), 100, 100, SessionLoss.FAIL, 0),
                new SessionConfig.Receiving(100, 1 << 20, 0, false),
                0);
        return new GuardedSession(
                new Session(config, SessionLog.NONE, ByteBufAllocator.DEFAULT),
                loop,
                new JoinWaiters(loop, new HandlerThread(), Duration.ofSeconds(30)));
    }

    @BeforeEach
    void serve() {
        session.serve(completer, () -> {});
    }

    /** A publish that has ended, on the event loop. */
    private Publish ended(Runnable dependent) {
        Publish publish = new Publish();
        publish.whenComplete((result, failure) -> dependent.run());
        return end(publish);
    }

    private Publish ended() {
        return end(new Publish());
    }

    private Publish end(Publish publish) {
        session.run(locked -> {
            locked.publish(publish, 0);
            locked.end(Failures.CLOSED);
        });
        return publish;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void futures_without_dependents_wait_for_more_of_them() {
        Publish publish = ended();
        runTasks();
        assertThat(publish).isNotDone();

        loop.runLater();
        runTasks();

        assertThat(publish).isDone();
    }

    @Test
    void an_earlier_completion_does_not_take_those_that_wait_for_more() {
        List<Publish> later = new ArrayList<>();
        ended(() -> later.add(ended()));

        runTasks();

        assertThat(later).hasSize(1).allSatisfy(publish -> assertThat(publish).isNotDone());
    }

    @Test
    void nothing_waits_for_a_loop_that_is_about_to_end() {
        List<Publish> later = new ArrayList<>();
        ended(() -> {
            later.add(ended());
            completer.completeAll();
        });

        runTasks();

        assertThat(later).hasSize(1).allSatisfy(publish -> assertThat(publish).isDone());
    }

    @Test
    void who_waits_for_a_result_that_nobody_completes_yet_completes_it_and_goes_on() {
        Publish publish = ended();

        boolean passed = completer.passes(1, NOT_RESUMED);

        assertThat(passed).isTrue();
        assertThat(publish).isDone();
        assertThat(tasks).isEmpty();
    }

    @Test
    void who_waits_for_a_result_that_another_thread_completes_is_resumed_behind_it() {
        List<String> order = new ArrayList<>();
        ended(() -> order.add("result"));

        boolean passed = completer.passes(1, () -> order.add("message"));
        runTasks();

        assertThat(passed).isFalse();
        assertThat(order).containsExactly("result", "message");
    }

    @Test
    void who_goes_on_behind_a_result_leaves_later_ones_to_another_task() {
        List<Publish> later = new ArrayList<>();
        ended().whenComplete((result, failure) -> later.add(ended(() -> {})));

        assertThat(completer.passes(1, NOT_RESUMED)).isTrue();
        assertThat(later).hasSize(1).allSatisfy(each -> assertThat(each).isNotDone());

        runTasks();
        assertThat(later).allSatisfy(each -> assertThat(each).isDone());
    }

    @Test
    void if_a_dependent_blocks_the_thread_that_waits_for_a_result_another_one_goes_on_behind_it() {
        List<String> order = new ArrayList<>();
        ended().whenComplete((result, failure) -> {
            blocked = true;
            loop.runLater();
            loop.runLater();
            runTasks();
            order.add("unblocked");
        });

        boolean passed = completer.passes(1, () -> order.add("message"));

        assertThat(passed).isFalse();
        assertThat(order).containsExactly("message", "unblocked");
    }

    private static final class Publish extends PublishExchange<String> {
        Publish() {
            super(Message.of("t", "x"), false);
        }

        @Override
        protected void finish(Outcome result) {
            complete(result instanceof Failure ? "failed" : "sent");
        }
    }

    /** What is to run later runs when the test says so, or never. */
    private static final class Loop implements EventLoop {
        private final Queue<Runnable> later = new ArrayDeque<>();

        void runLater() {
            for (int tasks = later.size(); tasks > 0; tasks--) {
                later.remove().run();
            }
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
            later.add(task);
            return () -> {};
        }
    }
}
