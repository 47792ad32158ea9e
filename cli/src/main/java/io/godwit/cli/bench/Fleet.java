package io.godwit.cli.bench;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** All connections of a run: makes them at their rate, times each, counts those that are up, and ends them. */
final class Fleet implements ClientListener {
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final long AWAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    // Set once.
    private final int size;
    private final Problems problems;
    private final AtomicReferenceArray<@Nullable MqttClient> clients;
    private final Recorder times = new Recorder(Tally.LONGEST, Tally.DIGITS);
    private final Recorder reconnects = new Recorder(Tally.LONGEST, Tally.DIGITS);
    /** When connections were cut that have not come back. */
    private final Map<MqttClient, Long> cutAt = new ConcurrentHashMap<>();

    private final LongAdder cuts = new LongAdder();

    // Any thread.
    private final LongAdder up = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean closing;
    private volatile long nanos;

    Fleet(int size, Problems problems) {
        this.size = size;
        this.problems = problems;
        this.clients = new AtomicReferenceArray<>(size);
    }

    /**
     * Connects them all; returns when each has succeeded or failed.
     *
     * @param perSecond 0: as fast as possible
     * @param atATime how many may be under way
     */
    void connect(IntFunction<MqttClient> client, double perSecond, int atATime, BooleanSupplier stopped)
            throws InterruptedException {
        long start = System.nanoTime();
        @Nullable Schedule schedule = perSecond > 0 ? new Schedule(start, perSecond) : null;
        Semaphore room = new Semaphore(atATime);
        int begun = 0;
        for (; begun < size && !stopped.getAsBoolean(); begun++) {
            if (schedule != null) {
                awaitTime(schedule.at(begun), stopped);
            }
            room.acquire();
            long due = schedule == null ? System.nanoTime() : schedule.at(begun);
            MqttClient one = client.apply(begun);
            int index = begun;
            one.connectAsync().whenComplete((result, failure) -> {
                connected(index, one, System.nanoTime() - due, failure);
                nanos = System.nanoTime() - start;
                room.release();
            });
        }
        room.acquire(atATime);
    }

    private static void awaitTime(long time, BooleanSupplier stopped) {
        for (long left = time - System.nanoTime(); left > 0 && !stopped.getAsBoolean(); ) {
            LockSupport.parkNanos(Math.min(left, AWAIT_NANOS));
            left = time - System.nanoTime();
        }
    }

    private void connected(int index, MqttClient client, long took, @Nullable Throwable failure) {
        if (failure == null) {
            clients.set(index, client);
            times.recordValue(Math.max(0, took));
            made.incrementAndGet();
        } else {
            failed.incrementAndGet();
            problems.add("no connection", failure);
            client.closeAsync();
        }
    }

    /** A connection that was made, or null. */
    @Nullable
    MqttClient client(int index) {
        return clients.get(index);
    }

    int size() {
        return size;
    }

    /** How many were made when they were asked for. */
    int made() {
        return made.get();
    }

    int failed() {
        return failed.get();
    }

    /** How many are up at this moment. */
    long up() {
        return up.sum();
    }

    /** How often one lost. */
    long lost() {
        return lost.sum();
    }

    /** How long it took until the last of them was made. */
    double seconds() {
        return nanos / 1e9;
    }

    /** This connection is about to be cut on purpose; false: it is not up. */
    boolean cutting(int index) {
        MqttClient client = clients.get(index);
        if (client == null || closing || !client.isConnected()) {
            return false;
        }
        boolean isNew = cutAt.putIfAbsent(client, System.nanoTime()) == null;
        if (isNew) {
            cuts.increment();
        }
        return isNew;
    }

    /** How many were cut and have not come back. */
    int away() {
        return cutAt.size();
    }

    /** How many were cut on purpose. */
    long cuts() {
        return cuts.sum();
    }

    /** How long it took from a cut to CONNACK. */
    Histogram reconnects() {
        return reconnects.getIntervalHistogram();
    }

    /** How long each took from when it was due to CONNACK. */
    Histogram times() {
        return times.getIntervalHistogram();
    }

    /** Says good-bye with all of them; what does not answer within the time limit is left. */
    void close(Duration limit) throws InterruptedException {
        closing = true;
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            MqttClient client = clients.get(i);
            if (client != null) {
                closed.add(client.disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, Duration.ZERO)
                        .exceptionally(failure -> null)
                        .thenCompose(done -> client.closeAsync()));
            }
        }
        try {
            CompletableFuture.allOf(closed.toArray(CompletableFuture[]::new))
                    .get(limit.plus(FAREWELL).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // those that are left go with the process
        }
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        up.increment();
        Long cut = cutAt.remove(client);
        if (cut != null) {
            reconnects.recordValue(Math.max(0, Math.min(Tally.LONGEST, System.nanoTime() - cut)));
        }
    }

    @Override
    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
        up.decrement();
        if (!closing && !cutAt.containsKey(client) && cause.endedBy() != DisconnectCause.EndedBy.APPLICATION) {
            lost.increment();
            problems.add("connection lost: " + cause.text());
        }
    }
}
