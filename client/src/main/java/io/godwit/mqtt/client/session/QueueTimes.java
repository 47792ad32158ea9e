package io.godwit.mqtt.client.session;

/**
 * When publishes were queued: the time of some of them, by their rising sequence, so that a publish needs no field for it.
 * For those between two marks the earlier time counts.
 */
final class QueueTimes {
    private static final int SMALLEST = 8;
    private static final long[] EMPTY = {};

    // A ring of pairs.
    private long[] sequences = EMPTY;
    private long[] times = EMPTY;
    private int first;
    private int size;

    /** Queued at this time; marks below {@code oldest}, the sequence of the first in the queue, are forgotten. */
    void mark(long sequence, long time, long oldest) {
        while (size > 1 && sequences[index(1)] <= oldest) {
            first = index(1);
            size--;
        }
        if (size == sequences.length) {
            grow();
        }
        int last = index(size);
        sequences[last] = sequence;
        times[last] = time;
        size++;
    }

    private int index(int number) {
        return first + number < sequences.length ? first + number : first + number - sequences.length;
    }

    private void grow() {
        int larger = Math.max(SMALLEST, 2 * size);
        long[] newSequences = new long[larger];
        long[] newTimes = new long[larger];
        for (int i = 0; i < size; i++) {
            newSequences[i] = sequences[index(i)];
            newTimes[i] = times[index(i)];
        }
        sequences = newSequences;
        times = newTimes;
        first = 0;
    }

    /** About when this one was queued; {@code unknown} if nothing was marked. */
    long of(long sequence, long unknown) {
        long time = size == 0 ? unknown : times[first];
        for (int i = 1; i < size && sequences[index(i)] <= sequence; i++) {
            time = times[index(i)];
        }
        return time;
    }

    /** The queue is empty. */
    void clear() {
        size = 0;
        if (sequences.length > SMALLEST) {
            sequences = EMPTY;
            times = EMPTY;
            first = 0;
        }
    }
}
