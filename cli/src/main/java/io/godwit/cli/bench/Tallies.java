package io.godwit.cli.bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** The tallies of all threads, and their sums. */
final class Tallies {
    private final List<Tally> all = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Tally> mine = ThreadLocal.withInitial(() -> {
        Tally tally = new Tally();
        all.add(tally);
        return tally;
    });

    /** Which of a tally's recorders. */
    interface Which {
        SingleWriterRecorder of(Tally tally);
    }

    /** The calling thread's. */
    Tally mine() {
        return mine.get();
    }

    long sum(Tally.Count what) {
        long sum = 0;
        for (Tally tally : all) {
            sum += tally.get(what);
        }
        return sum;
    }

    /** The latest of times that {@link Tally#set} has noted; 0 when there are none. */
    long latest(Tally.Count what) {
        long latest = 0;
        for (Tally tally : all) {
            long time = tally.get(what);
            if (time != 0 && (latest == 0 || time - latest > 0)) {
                latest = time;
            }
        }
        return latest;
    }

    /** Takes what was recorded since the last call, and adds it to {@code total}. One caller at a time. */
    Histogram take(Which which, Histogram total) {
        Histogram interval = new Histogram(total);
        for (Tally tally : all) {
            Histogram part = which.of(tally).getIntervalHistogram();
            if (part.getTotalCount() > 0) {
                interval.add(part);
            }
        }
        total.add(interval);
        return interval;
    }

    /** An empty histogram as the recorders make them. */
    static Histogram empty() {
        return new Histogram(Tally.LONGEST, Tally.DIGITS);
    }
}
