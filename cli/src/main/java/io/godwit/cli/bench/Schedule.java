package io.godwit.cli.bench;

/**
 * When each event of an even rate is due. The times follow from the rate alone, not from what happened before: what is late
 * stays late, and that counts as latency.
 *
 * @param start nanoseconds of {@link System#nanoTime} at which the first is due
 * @param perSecond the rate, above 0
 */
record Schedule(long start, double perSecond) {
    /** The time of an event, counted from 0. */
    long at(long event) {
        long seconds = (long) (event / perSecond);
        double rest = event - seconds * perSecond;
        return start + seconds * 1_000_000_000L + (long) (rest / perSecond * 1e9);
    }
}
