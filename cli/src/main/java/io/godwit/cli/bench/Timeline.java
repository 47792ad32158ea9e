package io.godwit.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Looks at the counts in even steps while the run goes on: for the live line, for the plots, and for the sums of the times. */
public final class Timeline {
    private static final long STEP_NANOS = 500_000_000;
    /** When there are so many looks, they are put together two by two. */
    private static final int MOST = 1_200;

    /** Where a run is. */
    public enum Phase {
        CONNECTING("connecting"),
        SUBSCRIBING("subscribing"),
        WARMING_UP("warming up"),
        MEASURING("measuring"),
        DRAINING("waiting for missing messages"),
        CLOSING("disconnecting");

        private final String text;

        Phase(String text) {
            this.text = text;
        }

        /** For people. */
        String text() {
            return text;
        }
    }

    /**
     * One look.
     *
     * @param seconds since the run began
     * @param step seconds since the look before
     * @param sent publishes in this step, as are {@code received}
     * @param sentSoFar publishes since the run began, as is {@code receivedSoFar}
     * @param coresUsed processors that this process kept busy
     * @param machineLoad of all processes on all processors, 0 to 1
     * @param p50 nanoseconds of this step, as are {@code p99} and {@code maximum}: end to end, without subscribers to
     *     the acknowledgement; 0: nothing was measured
     */
    public record Sample(
            Phase phase,
            double seconds,
            double step,
            long sent,
            long received,
            long sentSoFar,
            long receivedSoFar,
            long inFlight,
            long p50,
            long p99,
            long maximum,
            long connections,
            long problems,
            double coresUsed,
            double machineLoad) {
        double sentPerSecond() {
            return step > 0 ? sent / step : 0;
        }

        /** This look and the next one as one: the worse percentile of both, what is up or in flight as it was at the end. */
        Sample and(Sample next) {
            double both = step + next.step;
            return new Sample(
                    phase,
                    next.seconds,
                    both,
                    sent + next.sent,
                    received + next.received,
                    next.sentSoFar,
                    next.receivedSoFar,
                    next.inFlight,
                    Math.max(p50, next.p50),
                    Math.max(p99, next.p99),
                    Math.max(maximum, next.maximum),
                    next.connections,
                    next.problems,
                    (coresUsed * step + next.coresUsed * next.step) / both,
                    (machineLoad * step + next.machineLoad * next.step) / both);
        }

        double receivedPerSecond() {
            return step > 0 ? received / step : 0;
        }
    }

    /**
     * All looks.
     *
     * @param begins seconds at which each phase began
     */
    public record History(Map<Phase, Double> begins, List<Sample> samples) {}

    // Set once.
    private final LoadTest bench;
    private final Fleet fleet;
    private final Consumer<Sample> live;
    private final long start = System.nanoTime();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "godwit-bench-clock");
        thread.setDaemon(true);
        return thread;
    });

    private final ProcessUse use;

    private volatile LongSupplier inFlight = () -> 0;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Histogram endToEnd = Tallies.empty();
    private final Histogram acknowledgement = Tallies.empty();
    private final Histogram lag = Tallies.empty();
    private final Map<Phase, Double> begins = new LinkedHashMap<>();
    private final List<Sample> samples = new ArrayList<>();
    private Phase phase = Phase.CONNECTING;
    private long lastAt = start;
    private long lastCpu;
    private long lastSent;
    private long lastReceived;

    Timeline(LoadTest bench, Fleet fleet, ProcessUse use, Consumer<Sample> live) {
        this.bench = bench;
        this.fleet = fleet;
        this.use = use;
        this.lastCpu = use.cpuNanos();
        use.machineLoad(); // the next answer is from here on
        this.live = live;
        begins.put(phase, 0.0);
    }

    void begin() {
        clock.scheduleAtFixedRate(this::look, STEP_NANOS, STEP_NANOS, TimeUnit.NANOSECONDS);
    }

    /** Whose messages in flight are counted. */
    void watch(List<Publisher> all) {
        List<Publisher> copy = List.copyOf(all);
        watch(() -> copy.stream().mapToLong(Publisher::inFlight).sum());
    }

    /** How many messages are in flight, asked at each look. */
    void watch(LongSupplier newInFlight) {
        inFlight = newInFlight;
    }

    /** The run goes on to this phase. */
    void enter(Phase next) {
        lock.lock();
        try {
            sample();
            phase = next;
            begins.put(next, (System.nanoTime() - start) / 1e9);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the last look; from now on nothing changes. */
    void end() {
        clock.shutdown();
        look();
    }

    private void look() {
        Sample sample;
        lock.lock();
        try {
            sample = sample();
        } finally {
            lock.unlock();
        }
        if (sample != null) {
            live.accept(sample);
        }
    }

    /** Under the lock. Takes what was timed in any case; null: the last look was just now. */
    private @Nullable Sample sample() {
        Tallies tallies = bench.tallies();
        Histogram ends = tallies.take(tally -> tally.endToEnd, endToEnd);
        Histogram acknowledgements = tallies.take(tally -> tally.acknowledgement, acknowledgement);
        tallies.take(tally -> tally.lag, lag);
        Histogram shown = bench.plan().subscribers() > 0 ? ends : acknowledgements;
        long now = System.nanoTime();
        if (now - lastAt < STEP_NANOS / 4) {
            return null;
        }
        long cpu = use.cpuNanos();
        long sent = tallies.sum(Tally.Count.SENT);
        long received = tallies.sum(Tally.Count.RECEIVED);
        Sample sample = new Sample(
                phase,
                (now - start) / 1e9,
                (now - lastAt) / 1e9,
                sent - lastSent,
                received - lastReceived,
                sent,
                received,
                inFlight.getAsLong(),
                shown.getValueAtPercentile(50),
                shown.getValueAtPercentile(99),
                shown.getMaxValue(),
                fleet.up(),
                bench.problems().total(),
                (cpu - lastCpu) / (double) (now - lastAt),
                use.machineLoad());
        lastCpu = cpu;
        samples.add(sample);
        if (samples.size() >= MOST) {
            List<Sample> fewer = thinned(samples);
            samples.clear();
            samples.addAll(fewer);
        }
        lastAt = now;
        lastSent = sent;
        lastReceived = received;
        return sample;
    }

    /** The same looks, put together two by two where they are of one phase. */
    static List<Sample> thinned(List<Sample> samples) {
        List<Sample> fewer = new ArrayList<>();
        for (Sample sample : samples) {
            Sample last = fewer.isEmpty() ? null : fewer.get(fewer.size() - 1);
            if (last != null && last.phase() == sample.phase() && last.step() < sample.step() * 1.5) {
                fewer.set(fewer.size() - 1, last.and(sample));
            } else {
                fewer.add(sample);
            }
        }
        return fewer;
    }

    /** All looks so far. */
    History history() {
        lock.lock();
        try {
            return new History(new LinkedHashMap<>(begins), List.copyOf(samples));
        } finally {
            lock.unlock();
        }
    }

    /** How busy the machine was while it measured, 0 to 1. */
    double machineLoad() {
        lock.lock();
        try {
            double load = 0;
            double seconds = 0;
            for (Sample sample : samples) {
                if (sample.phase() == Phase.MEASURING) {
                    load += sample.machineLoad() * sample.step();
                    seconds += sample.step();
                }
            }
            return seconds > 0 ? load / seconds : 0;
        } finally {
            lock.unlock();
        }
    }

    Distribution endToEnd() {
        return distribution(endToEnd);
    }

    Distribution acknowledgement() {
        return distribution(acknowledgement);
    }

    Distribution lag() {
        return distribution(lag);
    }

    private Distribution distribution(Histogram total) {
        lock.lock();
        try {
            return Distribution.of(total);
        } finally {
            lock.unlock();
        }
    }
}
