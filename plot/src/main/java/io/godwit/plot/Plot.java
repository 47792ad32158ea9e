package io.godwit.plot;

import java.util.List;
import java.util.Locale;

/**
 * One plot as SVG: lines, bars and shaded parts over two axes. Colours come from the style sheet by class, so that it fits
 * light and dark; strips without colour carry what is shown where the pointer is.
 */
public final class Plot implements Figure {
    private static final int LEFT = 66;
    private static final int RIGHT = 18;
    private static final int TOP = 20;
    private static final int BOTTOM = 46;

    // Set once.
    private final Axis across;
    private final Axis up;
    private final int width;
    private final int height;

    private final StringBuilder shapes = new StringBuilder();
    private final StringBuilder strips = new StringBuilder();

    /** Two values, in those of the axes. */
    public record Point(double across, double up) {}

    public Plot(Axis across, Axis up) {
        this(across, up, 680, 280);
    }

    public Plot(Axis across, Axis up, int width, int height) {
        this.across = across;
        this.up = up;
        this.width = width;
        this.height = height;
    }

    /** A line through the points in their order. */
    public Plot line(String style, List<Point> points) {
        if (!points.isEmpty()) {
            shapes.append("<path class=\"line ").append(style).append("\" d=\"");
            for (int i = 0; i < points.size(); i++) {
                Point point = points.get(i);
                shapes.append(i == 0 ? 'M' : 'L')
                        .append(Svg.number(x(point.across)))
                        .append(' ')
                        .append(Svg.number(y(point.up)));
            }
            shapes.append("\"/>\n");
        }
        return this;
    }

    /** A bar from the lower axis. */
    public Plot bar(String style, double from, double to, double value) {
        double gap = x(to) - x(from) > 3 ? 1 : 0;
        shapes.append("<rect class=\"bar ")
                .append(style)
                .append('"')
                .append(Svg.box(x(from) + gap, y(value), x(to), bottom()))
                .append("/>\n");
        return this;
    }

    /** A part of the width that is shaded. */
    public Plot shade(double from, double to) {
        shapes.append("<rect class=\"shade\"")
                .append(Svg.box(x(from), TOP, x(to), bottom()))
                .append("/>\n");
        return this;
    }

    /** A thin line from bottom to top with a word at it. */
    public Plot mark(double at, String word) {
        shapes.append(String.format(
                Locale.ROOT,
                "<line class=\"mark\" x1=\"%1$s\" x2=\"%1$s\" y1=\"%2$d\" y2=\"%3$s\"/><text class=\"mark\" x=\"%4$s\" y=\"%5$d\">%6$s</text>%n",
                Svg.number(x(at)),
                TOP,
                Svg.number(bottom()),
                Svg.number(x(at)),
                TOP - 6,
                Svg.escaped(word)));
        return this;
    }

    /** What is shown while the pointer is between these two values. */
    public Plot tip(double from, double to, String text) {
        strips.append("<rect class=\"strip\"")
                .append(Svg.box(x(from), TOP, x(to), bottom()))
                .append(" data-tip=\"")
                .append(Svg.escaped(text))
                .append("\"/>\n");
        return this;
    }

    /** The plot; {@code title} is for those who cannot see it. */
    public String svg(String id, String title) {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg id=\"")
                .append(id)
                .append("\" class=\"plot\" role=\"img\" aria-label=\"")
                .append(Svg.escaped(title))
                .append("\" viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" xmlns=\"http://www.w3.org/2000/svg\">\n");
        grid(svg);
        svg.append(shapes);
        svg.append("<line class=\"cursor\" y1=\"")
                .append(TOP)
                .append("\" y2=\"")
                .append(Svg.number(bottom()))
                .append("\"/>\n");
        return svg.append(strips).append("</svg>\n").toString();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public String content() {
        StringBuilder content = new StringBuilder();
        grid(content);
        return content.append(shapes).toString();
    }

    private void grid(StringBuilder svg) {
        for (Axis.Mark mark : up.marks()) {
            String y = Svg.number(y(mark.value()));
            svg.append(String.format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/><text class=\"up\" x=\"%d\" y=\"%s\">%s</text>%n",
                    LEFT, width - RIGHT, y, y, LEFT - 8, Svg.number(y(mark.value()) + 4), Svg.escaped(mark.label())));
        }
        for (Axis.Mark mark : across.marks()) {
            String x = Svg.number(x(mark.value()));
            svg.append(String.format(
                    "<line class=\"grid\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%s\"/><text class=\"across\" x=\"%s\" y=\"%s\">%s</text>%n",
                    x, x, TOP, Svg.number(bottom()), x, Svg.number(bottom() + 17), Svg.escaped(mark.label())));
        }
        svg.append(String.format(
                "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>%n",
                LEFT, width - RIGHT, Svg.number(bottom()), Svg.number(bottom())));
        svg.append(String.format(
                "<text class=\"title across\" x=\"%s\" y=\"%d\">%s</text>%n",
                Svg.number((LEFT + width - RIGHT) / 2.0), height - 8, Svg.escaped(across.title())));
        svg.append(String.format(
                "<text class=\"title across\" transform=\"translate(13 %s) rotate(-90)\">%s</text>%n",
                Svg.number((TOP + bottom()) / 2), Svg.escaped(up.title())));
    }

    private double x(double value) {
        return LEFT + across.place(value) * (width - RIGHT - LEFT);
    }

    private double y(double value) {
        return bottom() - up.place(value) * (bottom() - TOP);
    }

    private double bottom() {
        return height - BOTTOM;
    }
}
