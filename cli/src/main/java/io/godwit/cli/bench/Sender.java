package io.godwit.cli.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A thread that makes some publishers send: by a schedule that does not wait for anybody, or as fast as the room in flight
 * allows.
 */
final class Sender implements Runnable {
    private static final long LONGEST_PARK = TimeUnit.MILLISECONDS.toNanos(20);
    /** As fast as it goes, one publisher sends so many at most before it is the next one's turn. */
    private static final int BURST = 32;

    // Set once.
    private final List<Publisher> publishers;
    private final double rate;
    private final long start;
    private final long end;
    private final BooleanSupplier stopped;

    /** Whether the thread waits for room. */
    private volatile boolean waiting;

    /**
     * @param rate messages a second of each publisher; 0: as fast as possible
     * @param start when the first message is due
     * @param end from when on none is due
     */
    Sender(List<Publisher> publishers, double rate, long start, long end, BooleanSupplier stopped) {
        this.publishers = publishers;
        this.rate = rate;
        this.start = start;
        this.end = end;
        this.stopped = stopped;
    }

    @Override
    public void run() {
        if (rate > 0) {
            bySchedule();
        } else {
            asFastAsItGoes();
        }
    }

    private void bySchedule() {
        Schedule schedule = new Schedule(start, rate * publishers.size());
        int left = publishers.size();
        for (long event = 0; left > 0; event++) {
            long due = schedule.at(event);
            if (due - end >= 0) {
                return;
            }
            Publisher publisher = publishers.get((int) (event % publishers.size()));
            if (publisher.isDone()) {
                continue;
            }
            long now = System.nanoTime();
            for (; due - now > 0; now = System.nanoTime()) {
                if (stopped.getAsBoolean()) {
                    return;
                }
                LockSupport.parkNanos(Math.min(due - now, LONGEST_PARK));
            }
            if (stopped.getAsBoolean()) {
                return;
            }
            publisher.send(due, now);
            left -= publisher.isDone() ? 1 : 0;
        }
    }

    private void asFastAsItGoes() {
        Thread self = Thread.currentThread();
        publishers.forEach(publisher -> publisher.onRoom(() -> {
            if (waiting) {
                waiting = false;
                LockSupport.unpark(self);
            }
        }));
        while (!stopped.getAsBoolean() && System.nanoTime() - end < 0) {
            if (!round()) {
                if (publishers.stream().allMatch(Publisher::isDone)) {
                    return;
                }
                waiting = true;
                if (!round()) {
                    LockSupport.parkNanos(LONGEST_PARK);
                }
                waiting = false;
            }
        }
    }

    /** Each publisher sends what it may; false: there is no room anywhere. */
    private boolean round() {
        boolean any = false;
        for (Publisher publisher : publishers) {
            int room = Math.min(BURST, publisher.room());
            for (int i = 0; i < room; i++) {
                long now = System.nanoTime();
                publisher.send(now, now);
            }
            any |= room > 0;
        }
        return any;
    }
}
