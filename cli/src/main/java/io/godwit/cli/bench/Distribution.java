package io.godwit.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What a histogram of times says, as values. Times are nanoseconds, exact to three digits.
 *
 * @param count how many there are
 * @param mean 0 when there are none, as all others
 * @param curve times by percentile, for a plot
 * @param buckets how many lie where, for a plot; each bound is a quarter above the one before
 */
record Distribution(
        long count,
        long minimum,
        double mean,
        long p50,
        long p90,
        long p95,
        long p99,
        long p999,
        long p9999,
        long maximum,
        List<Point> curve,
        List<Bucket> buckets) {
    /** No times. */
    static final Distribution NONE = new Distribution(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), List.of());

    private static final double GROWTH = 1.25;

    /**
     * Of all times, so many are at most that.
     *
     * @param percentile 0 to 100
     */
    record Point(double percentile, long nanos) {}

    /** How many times lie from {@code first} up to, not including, {@code end}. */
    record Bucket(long first, long end, long count) {}

    static Distribution of(Histogram times) {
        if (times.getTotalCount() == 0) {
            return NONE;
        }
        List<Point> curve = new ArrayList<>();
        for (HistogramIterationValue value : times.percentiles(8)) {
            curve.add(new Point(
                    value.getPercentileLevelIteratedTo(), Math.min(value.getValueIteratedTo(), times.getMaxValue())));
        }
        return new Distribution(
                times.getTotalCount(),
                times.getMinValue(),
                times.getMean(),
                times.getValueAtPercentile(50),
                times.getValueAtPercentile(90),
                times.getValueAtPercentile(95),
                times.getValueAtPercentile(99),
                times.getValueAtPercentile(99.9),
                times.getValueAtPercentile(99.99),
                times.getMaxValue(),
                List.copyOf(curve),
                buckets(times));
    }

    private static List<Bucket> buckets(Histogram times) {
        List<Bucket> buckets = new ArrayList<>();
        double first = 1_000;
        while (first * GROWTH <= times.getMinValue()) {
            first *= GROWTH;
        }
        long from = first > 1_000 ? (long) first : 0;
        long counted = 0;
        for (double end = first * GROWTH; counted < times.getTotalCount(); end *= GROWTH) {
            long below = times.getCountBetweenValues(0, (long) end - 1);
            buckets.add(new Bucket(from, (long) end, below - counted));
            counted = below;
            from = (long) end;
        }
        return List.copyOf(buckets);
    }
}
