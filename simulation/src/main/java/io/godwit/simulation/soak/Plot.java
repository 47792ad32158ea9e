package io.godwit.simulation.soak;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The samples as an SVG that can be read on white and on black: one panel for each measure, from zero. */
final class Plot {
    private static final int WIDTH = 760;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int HEAD = 44;
    private static final int PANEL = 96;
    private static final int CURVE = 62;
    private static final double MEGABYTE = 1 << 20;

    private final List<Sample> samples;
    private final StringBuilder svg = new StringBuilder();
    private int panels;

    private Plot(List<Sample> samples) {
        this.samples = samples;
    }

    static String of(List<Sample> samples, String title) {
        Plot plot = new Plot(samples);
        plot.panel("live heap, MB", sample -> sample.heap() / MEGABYTE);
        plot.panel("direct buffers, MB", sample -> sample.direct() / MEGABYTE);
        plot.panel("resident memory, MB", sample -> sample.resident() / MEGABYTE);
        plot.panel("threads", Sample::threads);
        plot.panel("open files and sockets", Sample::files);
        plot.panel("messages handled, thousands", sample -> sample.received() / 1e3);
        plot.panel("connections made", Sample::connections);
        return plot.page(title);
    }

    private String page(String title) {
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
                font-family="system-ui, sans-serif" font-size="12">
                <style>
                :root { --ink: #1f2328; --faint: #d0d7de; --curve: #0969da; }
                @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #3d444d; --curve: #4493f8; } }
                text { fill: var(--ink); }
                line { stroke: var(--faint); }
                polyline { fill: none; stroke: var(--curve); stroke-width: 1.5; }
                </style>
                <text x="10" y="22" font-size="15" font-weight="bold">%3$s</text>
                %4$s</svg>
                """, WIDTH, HEAD + panels * PANEL + 24, title, svg);
    }

    private void panel(String name, ToDoubleFunction<Sample> measure) {
        int top = HEAD + panels++ * PANEL;
        int bottom = top + 20 + CURVE;
        double most =
                nice(Math.max(1, samples.stream().mapToDouble(measure).max().orElse(1)));
        double end = Math.max(1, samples.get(samples.size() - 1).seconds());
        text(LEFT, top + 12, "start", name, " font-weight=\"bold\"");
        for (double mark : new double[] {0, most / 2, most}) {
            double y = bottom - mark / most * CURVE;
            svg.append(String.format(
                    Locale.ROOT, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%2$.1f\"/>%n", LEFT, y, WIDTH - RIGHT));
            text(LEFT - 6, y + 4, "end", mark == Math.rint(mark) ? String.valueOf((long) mark) : "" + mark, "");
        }
        svg.append("<polyline points=\"");
        for (Sample sample : samples) {
            double x = LEFT + sample.seconds() / end * (WIDTH - LEFT - RIGHT);
            double y = bottom - measure.applyAsDouble(sample) / most * CURVE;
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        }
        svg.append("\"/>\n");
        if (panels == 7) {
            text(LEFT, bottom + 18, "start", "0", "");
            text(WIDTH - RIGHT, bottom + 18, "end", String.format(Locale.ROOT, "%.1f minutes", end / 60), "");
        }
    }

    private void text(double x, double y, String anchor, String words, String more) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>%n",
                x,
                y,
                anchor,
                more,
                words));
    }

    /** The next of 1, 2, 4, 6, 8 times a power of ten: its half is a good mark too. */
    private static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 4, 6, 8}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }
}
