package io.godwit.cli.bench;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** A thread that cuts connections as a {@link Disturbance} says, until it is closed. */
final class Disturber implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    // Set once.
    private final Disturbance disturbance;
    private final int connections;
    private final IntConsumer cut;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "godwit-bench-disturber");

    /** @param cut cuts the connection of this index, on the thread */
    Disturber(Disturbance disturbance, int connections, IntConsumer cut) {
        this.disturbance = disturbance;
        this.connections = connections;
        this.cut = cut;
    }

    void start() {
        if (!disturbance.isNone()) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        SplittableRandom random = new SplittableRandom(1);
        Duration every = disturbance.storm();
        long start = System.nanoTime();
        long done = 0;
        long storms = 0;
        try {
            while (!over.await(STEP_NANOS, TimeUnit.NANOSECONDS)) {
                long elapsed = System.nanoTime() - start;
                for (; done < elapsed / 1e9 * disturbance.churn(); done++) {
                    cut.accept(random.nextInt(connections));
                }
                if (every != null && elapsed / every.toNanos() > storms) {
                    storms = elapsed / every.toNanos();
                    for (int i = 0; i < connections; i++) {
                        cut.accept(i);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        over.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }
}
