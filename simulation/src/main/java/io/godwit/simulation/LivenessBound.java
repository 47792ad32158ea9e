package io.godwit.simulation;

/**
 * How long everything may take to finish once nothing goes wrong any more. A message without a handler holds up those
 * behind it for as long as its policy lets it wait, and the broker may send one at a time: for those waits the bound is
 * exceeded, as long as the client goes on to acknowledge messages.
 */
final class LivenessBound {
    private static final long SECONDS = 1_000_000_000L;

    private static final long REGULAR = 120 * SECONDS;

    /** From one acknowledgement to the next: a message waits 10 s at most, the rest is for handlers and the network. */
    private static final long STEP = 20 * SECONDS;

    private final long regular;
    private final long last;
    private int acknowledged;
    private long progressAt;

    /** @param waits how long all messages without a handler that are left may wait, one after the other */
    LivenessBound(long now, long waits) {
        this.regular = now + REGULAR;
        this.last = regular + waits;
        this.progressAt = now;
    }

    /**
     * Whether what is not finished now never will be.
     *
     * @param acknowledgedNow how many messages the client has acknowledged, each counted once
     * @param onlyMessages whether nothing is missing but messages that may be held up
     */
    boolean isOver(long now, int acknowledgedNow, boolean onlyMessages) {
        if (acknowledgedNow > acknowledged) {
            acknowledged = acknowledgedNow;
            progressAt = now;
        }
        boolean goesOn = onlyMessages && now < last && now - progressAt < STEP;
        return now >= regular && !goesOn;
    }
}
