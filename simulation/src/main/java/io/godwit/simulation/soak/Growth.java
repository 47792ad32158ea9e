package io.godwit.simulation.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Checks whether a measure grows: the first fifth of the samples is left out, because a process needs time to settle, and
 * of the rest the last third is compared with the first by their medians.
 */
final class Growth {
    private static final double MEGABYTE = 1 << 20;

    private final List<Sample> samples;
    private final List<String> found = new ArrayList<>();

    private Growth(List<Sample> all) {
        this.samples = all.subList(all.size() / 5, all.size());
    }

    /** What grows; empty when nothing does. */
    static List<String> of(List<Sample> samples) {
        Growth growth = new Growth(samples);
        growth.check("live heap in MB", sample -> sample.heap() / MEGABYTE, 0.1, 0.5);
        growth.check("direct buffers in MB", sample -> sample.direct() / MEGABYTE, 0.1, 1);
        growth.check("resident memory in MB", sample -> sample.resident() / MEGABYTE, 0.1, 8);
        growth.check("threads", Sample::threads, 0, 2);
        growth.check("open files", Sample::files, 0, 4);
        return growth.found;
    }

    /** @param share of the earlier value that does not count as growth yet, and {@code constant} beside it */
    private void check(String name, ToDoubleFunction<Sample> measure, double share, double constant) {
        int third = samples.size() / 3;
        if (third == 0) {
            return;
        }
        double before = median(samples.subList(0, third), measure);
        double after = median(samples.subList(samples.size() - third, samples.size()), measure);
        if (after > before * (1 + share) + constant) {
            found.add(String.format(Locale.ROOT, "%s grew from %.1f to %.1f", name, before, after));
        }
    }

    private static double median(List<Sample> some, ToDoubleFunction<Sample> measure) {
        double[] sorted = some.stream().mapToDouble(measure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
