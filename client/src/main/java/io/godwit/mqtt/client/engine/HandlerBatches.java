package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.protocol.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Collects the messages of one handler and calls it with many at once: when a batch is full, or its first message has waited
 * long enough. One batch is handled after the other. Any thread.
 */
final class HandlerBatches implements RegisteredHandler.DetachedCalls {
    // Set once.
    private final HandlerCalls calls;
    private final RegisteredHandler receiver;
    private final RegisteredHandler.Batches wanted;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final ArrayDeque<Settlement> waiting = new ArrayDeque<>();
    private boolean running;
    private @Nullable Cancellable linger;

    // The running thread only.
    private int failures;

    HandlerBatches(HandlerCalls calls, RegisteredHandler receiver, RegisteredHandler.Batches wanted) {
        this.calls = calls;
        this.receiver = receiver;
        this.wanted = wanted;
    }

    @Override
    public void add(RegisteredHandler same, Settlement share) {
        boolean run;
        lock.lock();
        try {
            waiting.add(share);
            run = !running && claim();
        } finally {
            lock.unlock();
        }
        if (run) {
            calls.execute(this::run);
        }
    }

    /** Guarded by the lock, while nothing runs: whether a batch is to be handled now; if not, it is later. */
    private boolean claim() {
        if (waiting.size() >= wanted.most()
                || calls.isFlushed()
                || wanted.linger().isZero()) {
            running = true;
            if (linger != null) {
                linger.cancel();
                linger = null;
            }
            return true;
        }
        if (linger == null) {
            linger = calls.linger(this::lingered, wanted.linger().toNanos());
        }
        return false;
    }

    private void lingered() {
        lock.lock();
        try {
            if (running || waiting.isEmpty()) {
                return;
            }
            linger = null;
            running = true;
        } finally {
            lock.unlock();
        }
        run();
    }

    private void run() {
        List<Settlement> batch = new ArrayList<>();
        lock.lock();
        try {
            while (batch.size() < wanted.most() && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
        } finally {
            lock.unlock();
        }
        failures = 0;
        List<Settlement> all = List.copyOf(batch);
        handle(all, calls.watch(all));
    }

    /** Handles a batch, perhaps again. */
    private void handle(List<Settlement> batch, HandlerCalls.Watch watch) {
        if (calls.isStopped()) {
            if (failures > 0) {
                watch.end();
            }
            return;
        }
        List<Message> messages = batch.stream().map(Settlement::message).toList();
        Throwable failure = watch.run(() -> wanted.handler().handle(messages));
        if (failure == null) {
            batch.forEach(share -> share.settle(Resolution.ACKNOWLEDGE));
        } else {
            failures++;
            long delay = calls.failures.report(receiver, messages.get(0), failure, failures);
            if (delay >= 0) {
                calls.retry(() -> handle(batch, watch), delay, watch::end);
                return;
            }
            batch.forEach(share -> calls.failures.resolve(receiver, failure, share));
        }
        watch.end();
        next();
    }

    private void next() {
        boolean run;
        lock.lock();
        try {
            running = false;
            run = !waiting.isEmpty() && claim();
        } finally {
            lock.unlock();
        }
        if (run) {
            calls.execute(this::run);
        }
    }
}
