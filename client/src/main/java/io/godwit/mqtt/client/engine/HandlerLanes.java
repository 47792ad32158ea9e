package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.protocol.Message;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs several handlers at once. The messages with the same key are a lane: one is handled after the other, and a retry delays
 * only those behind it. A worker runs one message of a lane, then one of the next lane, until no lane has any. Any thread.
 */
final class HandlerLanes implements RegisteredHandler.DetachedCalls {
    // Set once.
    private final HandlerCalls calls;
    private final int concurrency;
    private final Function<? super Message, ?> key;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<Object, Lane> lanes = new HashMap<>();
    /** Those that wait for a worker. */
    private final ArrayDeque<Lane> ready = new ArrayDeque<>();

    private int workers;

    private static final class Lane {
        final Object key;
        final ArrayDeque<Call> calls = new ArrayDeque<>(2);

        Lane(Object key) {
            this.key = key;
        }
    }

    /** A handler with a message; used by one worker after the other. */
    private static final class Call {
        final RegisteredHandler receiver;
        final Settlement share;
        final @Nullable ManualAcknowledgement manual;
        final HandlerCalls.Watch watch;
        int failures;

        Call(RegisteredHandler receiver, Settlement share, HandlerCalls.Watch watch) {
            this.watch = watch;
            this.receiver = receiver;
            this.share = share;
            this.manual = receiver.isManual() ? new ManualAcknowledgement(share) : null;
        }
    }

    HandlerLanes(HandlerCalls calls, int concurrency, Function<? super Message, ?> key) {
        this.calls = calls;
        this.concurrency = concurrency;
        this.key = key;
    }

    @Override
    public void add(RegisteredHandler receiver, Settlement share) {
        Object laneKey = key(share.message());
        boolean work = false;
        lock.lock();
        try {
            Lane lane = lanes.get(laneKey);
            if (lane == null) {
                lane = new Lane(laneKey);
                lanes.put(laneKey, lane);
                work = offer(lane);
            }
            lane.calls.add(new Call(receiver, share, calls.watch(List.of(share))));
        } finally {
            lock.unlock();
        }
        if (work) {
            calls.execute(this::work);
        }
    }

    private Object key(Message message) {
        try {
            Object given = key.apply(message);
            return given == null ? new Object() : given;
        } catch (RuntimeException failure) {
            calls.failures.keyFailed(message, failure);
            return message.topic();
        }
    }

    /** Guarded by the lock: a lane waits for a worker. Returns whether another one is to be started. */
    private boolean offer(Lane lane) {
        ready.add(lane);
        if (workers == concurrency) {
            return false;
        }
        workers++;
        return true;
    }

    private void work() {
        for (Lane lane = next(); lane != null; lane = next()) {
            run(lane);
        }
    }

    private @Nullable Lane next() {
        lock.lock();
        try {
            Lane lane = ready.poll();
            if (lane == null) {
                workers--;
            }
            return lane;
        } finally {
            lock.unlock();
        }
    }

    private void run(Lane lane) {
        Call call = first(lane);
        boolean stopped = calls.isStopped();
        if (stopped && call.failures > 0) {
            call.watch.end();
        }
        long delay = stopped ? -1 : call(call);
        if (delay >= 0) {
            calls.retry(() -> again(lane), delay, call.watch::end); // its messages wait
            return;
        }
        lock.lock();
        try {
            lane.calls.remove();
            if (lane.calls.isEmpty()) {
                lanes.remove(lane.key);
            } else {
                ready.add(lane);
            }
        } finally {
            lock.unlock();
        }
    }

    private Call first(Lane lane) {
        lock.lock();
        try {
            return lane.calls.element();
        } finally {
            lock.unlock();
        }
    }

    private void again(Lane lane) {
        boolean work;
        lock.lock();
        try {
            work = offer(lane);
        } finally {
            lock.unlock();
        }
        if (work) {
            work();
        }
    }

    /** Calls the handler. Returns in how many nanoseconds it is called again, or -1. */
    private long call(Call call) {
        Message message = call.share.message();
        Throwable failure = call.watch.run(() -> call.receiver.call(call.share, call.manual));
        if (failure == null) {
            if (call.manual == null) {
                call.share.settle(Resolution.ACKNOWLEDGE);
            }
        } else {
            call.failures++;
            long delay = calls.failures.report(call.receiver, message, failure, call.failures);
            if (delay >= 0) {
                return delay;
            }
            if (call.manual == null || call.manual.take()) {
                calls.failures.resolve(call.receiver, failure, call.share);
            }
        }
        call.watch.end();
        return -1;
    }
}
