package io.godwit.simulation;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;

/** An event loop whose thread is the scheduler's. It counts what it still has to do, so that a timer left behind shows. */
final class SimulatedLoop implements EventLoop {
    private final Scheduler scheduler;
    private boolean running;
    private int waiting;

    SimulatedLoop(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public long nanoTime() {
        return scheduler.nanoTime();
    }

    @Override
    public boolean inLoop() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, 0);
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        waiting++;
        boolean[] ended = new boolean[1];
        Runnable cancel = scheduler.schedule(
                () -> {
                    ended[0] = true;
                    waiting--;
                    run(task);
                },
                delayNanos);
        return () -> {
            if (!ended[0]) {
                ended[0] = true;
                waiting--;
                cancel.run();
            }
        };
    }

    /** Runs something as the loop's thread. */
    void run(Runnable task) {
        boolean before = running;
        running = true;
        try {
            task.run();
        } finally {
            running = before;
        }
    }

    /** Tasks and timers that have not run. */
    int waiting() {
        return waiting;
    }
}
