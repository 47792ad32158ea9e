package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.Cancellable;
import io.netty.channel.EventLoop;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is to be run later. A Netty loop that fails forgets its timers, so this remembers them for the next one. Any thread. */
final class LoopTimers {

    /** Set once. */
    private final Runnable halfDone;

    /** Any thread: those that are neither run nor cancelled. */
    private final Set<Timer> waiting = ConcurrentHashMap.newKeySet();

    /** @param halfDone is run if there was no memory for a task; event loop */
    LoopTimers(Runnable halfDone) {
        this.halfDone = halfDone;
    }

    /** Remembers a task; it is run only if it is also {@linkplain Timer#arm armed}. */
    Timer add(Runnable task, long delayNanos) {
        Timer timer = new Timer(task, System.nanoTime() + delayNanos);
        waiting.add(timer);
        return timer;
    }

    /** Gives all that wait to another loop. Can be repeated if there was no memory for it. */
    void armAll(EventLoop loop) {
        for (Timer timer : waiting) {
            if (timer.armedOn != loop) {
                timer.arm(loop);
            }
        }
    }

    /** One task. */
    final class Timer implements Runnable, Cancellable {

        /** Set once. */
        private final Runnable task;

        private final long at;

        /** Any thread. */
        private volatile @Nullable EventLoop armedOn;

        private volatile @Nullable Future<?> armed;

        private Timer(Runnable task, long at) {
            this.task = task;
            this.at = at;
        }

        /**
         * Runs the task on the loop when its time has come.
         *
         * @throws RejectedExecutionException if the loop has ended
         */
        void arm(EventLoop loop) {
            armed = loop.schedule(this, Math.max(0, at - System.nanoTime()), TimeUnit.NANOSECONDS);
            armedOn = loop;
        }

        @Override
        public void run() {
            if (waiting.remove(this)) {
                try {
                    task.run();
                } catch (OutOfMemoryError failure) {
                    halfDone.run();
                }
            }
        }

        @Override
        public void cancel() {
            Future<?> set = armed;
            if (waiting.remove(this) && set != null) {
                try {
                    set.cancel(false);
                } catch (RejectedExecutionException ended) {
                    armed = null; // its loop has ended, and will not run it
                }
            }
        }
    }
}
