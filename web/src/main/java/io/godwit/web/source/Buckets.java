package io.godwit.web.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts events over a duration that is not known before: when the parts are full, two become one. */
final class Buckets {
    private static final int MOST = 300;

    private final long[] counts = new long[MOST];
    private long width = 1;
    private long last;

    /** @param at milliseconds since the beginning, not negative */
    void add(long at) {
        while (at / width >= MOST) {
            for (int i = 0; i < MOST / 2; i++) {
                counts[i] = counts[2 * i] + counts[2 * i + 1];
            }
            Arrays.fill(counts, MOST / 2, MOST, 0);
            width *= 2;
        }
        counts[(int) (at / width)]++;
        last = Math.max(last, at);
    }

    /** Of equal parts, the first to the last that has something. */
    List<Long> toList() {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i <= last / width; i++) {
            all.add(counts[i]);
        }
        return all;
    }

    /** What the parts cover, in milliseconds. */
    long duration() {
        return (last / width + 1) * width;
    }
}
