package io.godwit.web.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one topic, oldest first; the last of them is the topic's present value and always stays. Thinning drops every
 * second of the older ones, so that a long time is covered by few, and each that stays knows how many before it are gone.
 */
public final class ValueHistory {
    private static final StoredMessage[] NONE = {};
    private static final int FEW = 4;

    private @Nullable StoredMessage[] values = NONE;
    private int size;
    private long bytes;

    ValueHistory() {}

    void add(StoredMessage value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size == 0 ? 1 : size + Math.max(1, size / 2));
        }
        values[size++] = value;
        bytes += value.cost();
    }

    public int size() {
        return size;
    }

    /** The value at this place, 0 for the oldest. */
    public StoredMessage get(int index) {
        StoredMessage value = index < size ? values[index] : null;
        if (value == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return value;
    }

    public @Nullable StoredMessage last() {
        return size == 0 ? null : values[size - 1];
    }

    /** Copies, oldest first. */
    public List<StoredMessage> toList() {
        return List.copyOf(Arrays.asList(Arrays.copyOf(values, size)));
    }

    /** The place of the value with this identifier, or of the first one above it. */
    public int indexOf(long id) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).id() < id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    public @Nullable StoredMessage find(long id) {
        int index = indexOf(id);
        return index < size && get(index).id() == id ? get(index) : null;
    }

    /** How many messages were thinned out. */
    public long thinned() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += get(i).skipped();
        }
        return sum;
    }

    /** An estimate of its bytes on the heap, the last value included. */
    long bytes() {
        return bytes;
    }

    /** The bytes that thinning can free. */
    long thinnable() {
        StoredMessage last = last();
        return last == null ? 0 : bytes - last.cost();
    }

    /** Drops every second of the older three quarters, or the oldest of a few. Returns how many are gone; 0 if only the last is left. */
    int thin() {
        if (size < 2) {
            return 0;
        }
        int older = size <= FEW ? 1 : size - size / 4;
        int kept = 0;
        long gone = 0;
        int dropped = 0;
        for (int i = 0; i < size; i++) {
            StoredMessage value = get(i);
            boolean drop = i < older && (size <= FEW || i % 2 == 1);
            if (drop) {
                gone += 1 + value.skipped();
                bytes -= value.cost();
                dropped++;
            } else {
                value.skip(gone);
                gone = 0;
                values[kept++] = value;
            }
        }
        Arrays.fill(values, kept, size, null);
        size = kept;
        if (size < values.length / 2) {
            values = Arrays.copyOf(values, size);
        }
        return dropped;
    }
}
