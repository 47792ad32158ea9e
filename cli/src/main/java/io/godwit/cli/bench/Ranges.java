package io.godwit.cli.bench;

import java.util.Arrays;

/**
 * A set of numbers, kept as ranges in their order. Quick where numbers come at the end, which is where the gaps of a sequence
 * open; small as long as there are few gaps. Not thread-safe.
 */
final class Ranges {
    private static final long[] NONE = {};

    /** Two for each range: its first number, and the first one after it. */
    private long[] bounds = NONE;

    private int used;
    private long count;

    /** Adds the numbers from {@code first} up to, not including, {@code end}; they are larger than all that are here. */
    void append(long first, long end) {
        if (first >= end) {
            return;
        }
        if (used > 0 && first < bounds[used - 1]) {
            throw new IllegalArgumentException(first + " does not come after " + (bounds[used - 1] - 1));
        }
        if (used > 0 && bounds[used - 1] == first) {
            bounds[used - 1] = end;
        } else {
            open(used, first, end);
        }
        count += end - first;
    }

    /** Adds one number, wherever it belongs. */
    void add(long number) {
        int at = find(number);
        if (at >= 0) {
            return;
        }
        int next = -at - 1;
        boolean joinsBefore = next > 0 && bounds[next - 1] == number;
        boolean joinsAfter = next < used && bounds[next] == number + 1;
        if (joinsBefore && joinsAfter) {
            bounds[next - 1] = bounds[next + 1];
            close(next);
        } else if (joinsBefore) {
            bounds[next - 1] = number + 1;
        } else if (joinsAfter) {
            bounds[next] = number;
        } else {
            open(next, number, number + 1);
        }
        count++;
    }

    /** Takes one number out; false: it was not here. */
    boolean remove(long number) {
        int at = find(number);
        if (at < 0) {
            return false;
        }
        long first = bounds[at];
        long end = bounds[at + 1];
        if (first == number && end == number + 1) {
            close(at);
        } else if (first == number) {
            bounds[at] = number + 1;
        } else if (end == number + 1) {
            bounds[at + 1] = number;
        } else {
            bounds[at + 1] = number;
            open(at + 2, number + 1, end);
        }
        count--;
        return true;
    }

    boolean contains(long number) {
        return find(number) >= 0;
    }

    /** How many numbers there are. */
    long count() {
        return count;
    }

    /** How many of these numbers are not in the other set. */
    long countWithout(Ranges other) {
        long common = 0;
        for (int mine = 0, theirs = 0; mine < used && theirs < other.used; ) {
            long first = Math.max(bounds[mine], other.bounds[theirs]);
            long end = Math.min(bounds[mine + 1], other.bounds[theirs + 1]);
            common += Math.max(0, end - first);
            if (bounds[mine + 1] < other.bounds[theirs + 1]) {
                mine += 2;
            } else {
                theirs += 2;
            }
        }
        return count - common;
    }

    /** Where the range with this number begins in the array; else, negative and less 1, where it would. */
    private int find(long number) {
        int low = 0;
        int high = used / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bounds[2 * middle + 1] <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 2 * low < used && bounds[2 * low] <= number ? 2 * low : -2 * low - 1;
    }

    private void open(int at, long first, long end) {
        if (used == bounds.length) {
            bounds = Arrays.copyOf(bounds, Math.max(4, 2 * used));
        }
        System.arraycopy(bounds, at, bounds, at + 2, used - at);
        bounds[at] = first;
        bounds[at + 1] = end;
        used += 2;
    }

    private void close(int at) {
        System.arraycopy(bounds, at + 2, bounds, at, used - at - 2);
        used -= 2;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < used; i += 2) {
            text.append(i == 0 ? "" : ", ").append(bounds[i]);
            if (bounds[i + 1] > bounds[i] + 1) {
                text.append('-').append(bounds[i + 1] - 1);
            }
        }
        return text.append(']').toString();
    }
}
