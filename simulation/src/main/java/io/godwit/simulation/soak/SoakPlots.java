package io.godwit.simulation.soak;

import io.godwit.plot.Axis;
import io.godwit.plot.Plot;
import io.godwit.plot.Sheet;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The samples as a sheet of plots, one for each measure, from zero. */
final class SoakPlots {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 150;
    private static final double MEGABYTE = 1 << 20;

    private final List<Sample> samples;
    private final Sheet sheet;

    private SoakPlots(List<Sample> samples, String title) {
        this.samples = samples;
        this.sheet = new Sheet(title, 1);
    }

    static String of(List<Sample> samples, String title) {
        SoakPlots plots = new SoakPlots(samples, title);
        plots.add("live heap, MB", sample -> sample.heap() / MEGABYTE);
        plots.add("direct buffers, MB", sample -> sample.direct() / MEGABYTE);
        plots.add("resident memory, MB", sample -> sample.resident() / MEGABYTE);
        plots.add("threads", Sample::threads);
        plots.add("open files and sockets", Sample::files);
        plots.add("messages handled, thousands", sample -> sample.received() / 1e3);
        plots.add("connections made", Sample::connections);
        return plots.sheet.svg();
    }

    private void add(String name, ToDoubleFunction<Sample> measure) {
        double most = Math.max(1, samples.stream().mapToDouble(measure).max().orElse(1));
        double minutes = Math.max(1, samples.get(samples.size() - 1).seconds()) / 60.0;
        Plot plot = new Plot(
                Axis.span(name + ", over minutes", minutes, SoakPlots::number),
                Axis.even("", most, SoakPlots::number),
                WIDTH,
                HEIGHT);
        plot.line(
                "one",
                samples.stream()
                        .map(sample -> new Plot.Point(sample.seconds() / 60.0, measure.applyAsDouble(sample)))
                        .toList());
        sheet.add(plot);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.1f", value);
    }
}
