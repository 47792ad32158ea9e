package io.godwit.mqtt.client.session;

import org.jspecify.annotations.Nullable;

/** Durations that were measured: how many, the last, the sum, the longest. In nanoseconds; guarded by its owner. */
public final class Timing {
    private long count;
    private long last;
    private long total;
    private long longest;

    /** The timing with one more duration; it is made for the first. */
    public static Timing with(@Nullable Timing timing, long nanos) {
        Timing result = timing == null ? new Timing() : timing;
        result.add(nanos);
        return result;
    }

    private void add(long nanos) {
        count++;
        last = nanos;
        total += nanos;
        longest = Math.max(longest, nanos);
    }

    /** As it is now; null: nothing was measured. */
    public static Timing copy(@Nullable Timing timing) {
        Timing copy = new Timing();
        if (timing != null) {
            copy.count = timing.count;
            copy.last = timing.last;
            copy.total = timing.total;
            copy.longest = timing.longest;
        }
        return copy;
    }

    public long count() {
        return count;
    }

    public long last() {
        return last;
    }

    public long total() {
        return total;
    }

    public long longest() {
        return longest;
    }
}
