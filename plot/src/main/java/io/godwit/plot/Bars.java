package io.godwit.plot;

import java.util.ArrayList;
import java.util.List;

/** Values beside each other as horizontal bars with their names, by the logarithm. */
public final class Bars implements Figure {
    private static final int WIDTH = 420;
    private static final int NAME = 130;
    private static final int VALUE = 70;
    private static final int BAR = 16;
    private static final int GAP = 5;
    private static final int HEAD = 34;

    private record Row(String name, double value, double low, double high, String label, String style) {}

    private final String title;
    private final int rows;
    private final List<Row> all = new ArrayList<>();

    /** @param rows for how many there is room */
    public Bars(String title, int rows) {
        this.title = title;
        this.rows = rows;
    }

    /**
     * Adds a bar. Returns this.
     *
     * @param style one of {@code one}, {@code two}, {@code three}, {@code four}
     */
    public Bars add(String name, double value, String label, String style) {
        return add(name, value, value, value, label, style);
    }

    /**
     * Adds a bar with a line over the values that were found, as of several rounds. Returns this.
     *
     * @param low the least of them
     * @param high the most of them
     * @param style one of {@code one}, {@code two}, {@code three}, {@code four}
     */
    public Bars add(String name, double value, double low, double high, String label, String style) {
        all.add(new Row(name, value, low, high, label, style));
        return this;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return HEAD + rows * (BAR + GAP) + GAP;
    }

    @Override
    public String content() {
        double least = all.stream()
                .mapToDouble(Row::low)
                .filter(value -> value > 0)
                .min()
                .orElse(1);
        double most = all.stream().mapToDouble(Row::high).max().orElse(1);
        // from the power of ten below the shortest bar, so that it is still seen
        double from = Math.pow(10, Math.floor(Math.log10(least) - 0.1));
        Axis axis = Axis.logarithmic("", from, Math.max(10 * from, most), String::valueOf);
        StringBuilder out =
                new StringBuilder("<text class=\"heading\" x=\"10\" y=\"20\">" + Svg.escaped(title) + "</text>\n");
        for (int i = 0; i < all.size(); i++) {
            Row row = all.get(i);
            int top = HEAD + i * (BAR + GAP);
            double end = place(axis, row.value);
            double high = place(axis, row.high);
            out.append(String.format(
                    "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text><rect class=\"bar %s\"%s/><text x=\"%s\" y=\"%d\">%s</text>%n",
                    NAME - 6,
                    top + 12,
                    Svg.escaped(row.name),
                    row.style,
                    Svg.box(NAME, top, end, top + BAR),
                    Svg.number(high + 5),
                    top + 12,
                    Svg.escaped(row.label)));
            if (row.high > row.low) {
                out.append(String.format(
                        "<line class=\"spread\" x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%2$d\"/>%n",
                        Svg.number(place(axis, row.low)), top + BAR / 2, Svg.number(high)));
            }
        }
        return out.toString();
    }

    private static double place(Axis axis, double value) {
        return NAME + (value <= 0 ? 0 : axis.place(value)) * (WIDTH - NAME - VALUE);
    }
}
