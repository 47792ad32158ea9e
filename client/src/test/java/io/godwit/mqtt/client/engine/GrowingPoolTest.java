package io.godwit.mqtt.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrowingPoolTest {
    private static final int BLOCKED = 10;

    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    private final String name = "growing-pool-test-" + UUID.randomUUID();
    private final GrowingPool pool = new GrowingPool(name, 2, 50, watchdog);
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch blocked = new CountDownLatch(BLOCKED);

    @AfterEach
    void stop() {
        release.countDown();
        watchdog.shutdownNow();
    }

    private void block() throws InterruptedException {
        for (int i = 0; i < BLOCKED; i++) {
            pool.execute(() -> {
                blocked.countDown();
                try {
                    release.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        blocked.await();
    }

    private long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name))
                .count();
    }

    @Test
    void blocked_tasks_get_a_thread_each() throws InterruptedException {
        block();

        assertThat(threads()).isEqualTo(BLOCKED);
    }

    @Test
    void a_burst_after_blocked_tasks_starts_few_threads() throws InterruptedException {
        pool.keepIdleThreads(TimeUnit.SECONDS.toNanos(1));
        block();
        release.countDown();
        await().atMost(Duration.ofSeconds(20)).until(() -> threads() == 0);

        CountDownLatch burst = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            pool.execute(burst::countDown);
        }
        burst.await();

        assertThat(threads()).isBetween(1L, BLOCKED - 1L);
    }

    /** Starts this many threads, after this many failures. */
    private GrowingPool exhausted(int failures, int threads) {
        AtomicInteger attempts = new AtomicInteger();
        ThreadFactory factory = task -> {
            int attempt = attempts.incrementAndGet();
            if (attempt <= failures || attempt > failures + threads) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
        return new GrowingPool(factory, 2, 50, watchdog);
    }

    @Test
    void a_task_for_which_there_is_no_thread_runs_once_there_is_one() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);

        exhausted(3, 1).execute(ran::countDown);

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasks_run_once_each_on_the_thread_that_there_is_if_there_can_be_no_other() throws InterruptedException {
        GrowingPool one = exhausted(0, 1);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch last = new CountDownLatch(1);

        for (int n = 0; n < 100; n++) {
            one.execute(runs::incrementAndGet);
        }
        one.execute(last::countDown);

        assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(100);
    }
}
