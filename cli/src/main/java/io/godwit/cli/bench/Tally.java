package io.godwit.cli.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * What one thread has counted and timed. Only that thread writes; others read while it does, so that counting costs no lock
 * and no shared cache line.
 */
final class Tally {
    /** The longest time that can be told, in nanoseconds; longer ones count as this. */
    static final long LONGEST = 3_600_000_000_000L;
    /** Digits to which a time is exact. */
    static final int DIGITS = 3;

    // Any thread; written by the owning one only.
    final SingleWriterRecorder endToEnd = new SingleWriterRecorder(LONGEST, DIGITS);
    final SingleWriterRecorder acknowledgement = new SingleWriterRecorder(LONGEST, DIGITS);
    final SingleWriterRecorder lag = new SingleWriterRecorder(LONGEST, DIGITS);

    private final AtomicLong[] counts = new AtomicLong[Count.values().length];

    /** What is counted. */
    enum Count {
        /** Publishes begun. */
        SENT,
        /** Publishes acknowledged; at QoS 0, given to the connection. */
        ENDED,
        /** Publishes that failed. */
        FAILED,
        /** Messages that came, all of them. */
        RECEIVED,
        /** Messages of this run that came, each counted once for each subscriber. */
        UNIQUE,
        /** Messages that are not of this run. */
        OTHER,
        /** Payload bytes that came. */
        BYTES_IN,
        /** Of {@link #SENT}, those that are measured. */
        SENT_MEASURED,
        /** Of {@link #ENDED}, those that are measured. */
        ENDED_MEASURED,
        /** Payload bytes of those. */
        BYTES_OUT_MEASURED,
        /** Of {@link #RECEIVED}, those that are measured. */
        RECEIVED_MEASURED,
        /** Payload bytes of those. */
        BYTES_IN_MEASURED,
        /** When the last measured publish ended. */
        LAST_ENDED,
        /** When the last measured message came. */
        LAST_RECEIVED
    }

    Tally() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new AtomicLong();
        }
    }

    void add(Count what, long amount) {
        AtomicLong count = counts[what.ordinal()];
        count.lazySet(count.getPlain() + amount);
    }

    void set(Count what, long value) {
        counts[what.ordinal()].lazySet(value);
    }

    long get(Count what) {
        return counts[what.ordinal()].get();
    }

    /** Notes a time; one below nothing, which two clocks of two cores may give, is nothing. */
    static void record(SingleWriterRecorder into, long nanos) {
        into.recordValue(Math.max(0, Math.min(LONGEST, nanos)));
    }
}
