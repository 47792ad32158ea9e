package io.godwit.mqtt.client.session;

/** Durations that were measured: how many, the last, the sum, the longest. In nanoseconds; guarded by its owner. */
public final class Timing {
    private long count;
    private long last;
    private long total;
    private long longest;

    public void add(long nanos) {
        count++;
        last = nanos;
        total += nanos;
        longest = Math.max(longest, nanos);
    }

    public Timing copy() {
        Timing copy = new Timing();
        copy.count = count;
        copy.last = last;
        copy.total = total;
        copy.longest = longest;
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
