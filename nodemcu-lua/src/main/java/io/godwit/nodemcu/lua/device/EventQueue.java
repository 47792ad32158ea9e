package io.godwit.nodemcu.lua.device;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one device, handled one at a time on the threads of its clock. While a delay inside a callback keeps the
 * device busy, events wait, but not the urgent ones. Any thread may call.
 */
final class EventQueue {

    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

    /** How many events one device may handle before its neighbours get their turn. */
    private static final int BURST = 32;
    /** How many events may wait; a device that cannot keep up is out of memory. */
    private static final int MOST = 50_000;

    // Set once.
    private final DeviceClock clock;
    private final String device;
    private final Runnable afterEvent;
    private final Runnable overflow;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    // Guarded by the lock.
    private final ArrayDeque<Runnable> events = new ArrayDeque<>(4);
    private final ArrayDeque<Runnable> urgent = new ArrayDeque<>(1);
    /** Whether events are being handled, are about to be, or wait for the end of a delay. */
    private boolean running;
    /** Whether they wait for the end of a delay. */
    private boolean pausing;
    /** Tells the end of the last pause from that of one that was cut short. */
    private int pauses;

    private boolean closed;
    private @Nullable Runnable onReturn;

    // Device thread only.
    private volatile long busyUntil;
    private volatile long eventBegan;

    EventQueue(DeviceClock clock, String device, Runnable afterEvent, Runnable overflow) {
        this.overflow = overflow;
        this.clock = clock;
        this.device = device;
        this.afterEvent = afterEvent;
    }

    void post(Runnable event) {
        lock.lock();
        try {
            // What waits for a stuck event would only fill the memory.
            if (closed || onReturn != null) {
                return;
            }
            if (events.size() >= MOST) {
                events.clear();
                events.add(overflow);
            } else {
                events.add(event);
            }
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        clock.execute(this::drain);
    }

    /** Queues what happens to the device whether it is busy or not, such as the loss of its power. */
    void postUrgent(Runnable event) {
        lock.lock();
        try {
            if (closed || onReturn != null || urgent.size() >= MOST) {
                return;
            }
            urgent.add(event);
            if (running && !pausing) {
                return;
            }
            running = true;
            pausing = false;
        } finally {
            lock.unlock();
        }
        clock.execute(this::drain);
    }

    /** The device time until which the device is busy with a delay inside a callback. */
    long busyUntil() {
        return busyUntil;
    }

    void busyUntil(long nanos) {
        busyUntil = nanos;
    }

    void resetBusy() {
        busyUntil = 0;
    }

    long busyNanos() {
        long began = eventBegan;
        return began == 0 ? 0 : System.nanoTime() - began;
    }

    /** Stops handling events because the running one is stuck; runs {@code recover} if it returns after all. */
    boolean giveUp(Runnable recover) {
        lock.lock();
        try {
            if (eventBegan == 0 || closed || onReturn != null) {
                return false;
            }
            onReturn = recover;
            events.clear();
            urgent.clear();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        for (int i = 0; i < BURST; i++) {
            Runnable event = next();
            if (event == null) {
                return;
            }
            eventBegan = System.nanoTime() | 1;
            run(event);
            eventBegan = 0;
            Runnable recover = takeRecovery();
            if (recover != null) {
                run(recover);
            }
            run(afterEvent);
        }
        clock.execute(this::drain);
    }

    /** The next event to handle; null if nothing is due. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable event = urgent.poll();
            if (event != null) {
                return event;
            }
            if (events.isEmpty()) {
                running = false;
                idle.signalAll();
                return null;
            }
            long wait = busyUntil - clock.nanoTime();
            if (wait > 0) {
                pausing = true;
                int pause = ++pauses;
                clock.schedule(() -> resume(pause), wait);
                return null;
            }
            return events.poll();
        } finally {
            lock.unlock();
        }
    }

    private void resume(int pause) {
        lock.lock();
        try {
            if (!pausing || pause != pauses) {
                return;
            }
            pausing = false;
        } finally {
            lock.unlock();
        }
        drain();
    }

    private @Nullable Runnable takeRecovery() {
        lock.lock();
        try {
            Runnable recover = onReturn;
            onReturn = null;
            return recover;
        } finally {
            lock.unlock();
        }
    }

    private void run(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.error("an event of device {} failed inside the host", device, e);
        }
    }

    /** Drops what waits and waits for the running event; returns whether it ended in time. */
    boolean close(Duration limit) {
        lock.lock();
        try {
            closed = true;
            events.clear();
            urgent.clear();
            if (pausing) {
                pausing = false;
                running = false;
            }
            long left = limit.toNanos();
            while (running && left > 0) {
                left = idle.awaitNanos(left);
            }
            return !running || limit.isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
