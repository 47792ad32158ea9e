package io.godwit.benchmarks;

import java.util.Arrays;

/** Times one message that goes round and round: each arrival ends one round trip and begins the next. */
public final class Echo {

    private static final int MOST_SAMPLES = 2_000_000;

    // Handler thread only, until stopped.
    private final long[] nanoseconds = new long[MOST_SAMPLES];
    private int samples;
    private long last;
    private boolean wasRecording;

    // any thread
    private volatile boolean recording;
    private volatile boolean stopped;
    private volatile long rounds;

    /** The message came back. Returns whether it shall be sent again. */
    public boolean arrived() {
        long now = System.nanoTime();
        boolean record = recording;
        if (record && wasRecording && samples < MOST_SAMPLES) {
            nanoseconds[samples++] = now - last;
        }
        wasRecording = record;
        last = now;
        rounds = rounds + 1;
        return !stopped;
    }

    public void record(boolean on) {
        recording = on;
    }

    public void stop() {
        stopped = true;
    }

    public boolean stopped() {
        return stopped;
    }

    public long rounds() {
        return rounds;
    }

    /** The recorded round trips in nanoseconds, shortest first. To be called when nothing goes round any more. */
    public long[] sorted() {
        long[] sorted = Arrays.copyOf(nanoseconds, samples);
        Arrays.sort(sorted);
        return sorted;
    }
}
