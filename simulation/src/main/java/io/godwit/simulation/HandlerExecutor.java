package io.godwit.simulation;

import java.util.concurrent.Executor;

/** Runs the client's handlers a little later, or much later while other work occupies all of its threads. */
final class HandlerExecutor implements Executor {
    private final Scheduler scheduler;
    private long blockedUntil;

    HandlerExecutor(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void blockFor(long nanos) {
        blockedUntil = scheduler.nanoTime() + nanos;
    }

    /** Whether a future that has ended may not have run its callbacks yet, since no thread was free. */
    boolean isBehind() {
        return scheduler.nanoTime() < blockedUntil + 500_000_000L;
    }

    void unblock() {
        blockedUntil = 0;
    }

    @Override
    public void execute(Runnable task) {
        scheduler.schedule(() -> runOrWait(task), scheduler.within(2));
    }

    private void runOrWait(Runnable task) {
        long left = blockedUntil - scheduler.nanoTime();
        if (left > 0) {
            scheduler.schedule(() -> runOrWait(task), Math.min(left, 100_000_000L));
        } else {
            task.run();
        }
    }
}
