package io.godwit.cli.bench;

import java.util.List;
import java.util.Locale;

/**
 * One plot as SVG: lines, bars and shaded parts over two axes. Colours come from the style sheet by class, so that it fits
 * light and dark; strips without colour carry what is shown where the pointer is.
 */
final class Plot {
    private static final int WIDTH = 680;
    private static final int HEIGHT = 280;
    private static final int LEFT = 66;
    private static final int RIGHT = 18;
    private static final int TOP = 20;
    private static final int BOTTOM = 46;

    private final Axis across;
    private final Axis up;
    private final StringBuilder shapes = new StringBuilder();
    private final StringBuilder strips = new StringBuilder();

    /** Two values, in those of the axes. */
    record Point(double across, double up) {}

    Plot(Axis across, Axis up) {
        this.across = across;
        this.up = up;
    }

    /** A line through the points in their order. */
    Plot line(String style, List<Point> points) {
        if (!points.isEmpty()) {
            shapes.append("<path class=\"line ").append(style).append("\" d=\"");
            for (int i = 0; i < points.size(); i++) {
                Point point = points.get(i);
                shapes.append(i == 0 ? 'M' : 'L')
                        .append(number(x(point.across)))
                        .append(' ')
                        .append(number(y(point.up)));
            }
            shapes.append("\"/>\n");
        }
        return this;
    }

    /** A bar from the lower axis. */
    Plot bar(String style, double from, double to, double value) {
        double gap = x(to) - x(from) > 3 ? 1 : 0;
        shapes.append("<rect class=\"bar ")
                .append(style)
                .append('"')
                .append(box(x(from) + gap, y(value), x(to), bottom()))
                .append("/>\n");
        return this;
    }

    /** A part of the width that is shaded. */
    Plot shade(double from, double to) {
        shapes.append("<rect class=\"shade\"")
                .append(box(x(from), TOP, x(to), bottom()))
                .append("/>\n");
        return this;
    }

    /** A thin line from bottom to top with a word at it. */
    Plot mark(double at, String word) {
        shapes.append(String.format(
                Locale.ROOT,
                "<line class=\"mark\" x1=\"%1$s\" x2=\"%1$s\" y1=\"%2$d\" y2=\"%3$s\"/><text class=\"mark\" x=\"%4$s\" y=\"%5$d\">%6$s</text>%n",
                number(x(at)),
                TOP,
                number(bottom()),
                number(x(at)),
                TOP - 6,
                HtmlReport.escaped(word)));
        return this;
    }

    /** What is shown while the pointer is between these two values. */
    Plot tip(double from, double to, String text) {
        strips.append("<rect class=\"strip\"")
                .append(box(x(from), TOP, x(to), bottom()))
                .append(" data-tip=\"")
                .append(HtmlReport.escaped(text))
                .append("\"/>\n");
        return this;
    }

    /** The plot; {@code title} is for those who cannot see it. */
    String svg(String id, String title) {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg id=\"")
                .append(id)
                .append("\" class=\"plot\" role=\"img\" aria-label=\"")
                .append(HtmlReport.escaped(title))
                .append("\" viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("\" xmlns=\"http://www.w3.org/2000/svg\">\n");
        grid(svg);
        svg.append(shapes);
        svg.append("<line class=\"cursor\" y1=\"")
                .append(TOP)
                .append("\" y2=\"")
                .append(number(bottom()))
                .append("\"/>\n");
        return svg.append(strips).append("</svg>\n").toString();
    }

    private void grid(StringBuilder svg) {
        for (Axis.Mark mark : up.marks()) {
            String y = number(y(mark.value()));
            svg.append(String.format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/><text class=\"up\" x=\"%d\" y=\"%s\">%s</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 8,
                    number(y(mark.value()) + 4),
                    HtmlReport.escaped(mark.label())));
        }
        for (Axis.Mark mark : across.marks()) {
            String x = number(x(mark.value()));
            svg.append(String.format(
                    "<line class=\"grid\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%s\"/><text class=\"across\" x=\"%s\" y=\"%s\">%s</text>%n",
                    x, x, TOP, number(bottom()), x, number(bottom() + 17), HtmlReport.escaped(mark.label())));
        }
        svg.append(String.format(
                "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>%n",
                LEFT, WIDTH - RIGHT, number(bottom()), number(bottom())));
        svg.append(String.format(
                "<text class=\"title across\" x=\"%s\" y=\"%d\">%s</text>%n",
                number((LEFT + WIDTH - RIGHT) / 2.0), HEIGHT - 8, HtmlReport.escaped(across.title())));
        svg.append(String.format(
                "<text class=\"title across\" transform=\"translate(13 %s) rotate(-90)\">%s</text>%n",
                number((TOP + bottom()) / 2), HtmlReport.escaped(up.title())));
    }

    private static String box(double left, double top, double right, double bottom) {
        return String.format(
                " x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"",
                number(left), number(top), number(Math.max(0, right - left)), number(Math.max(0, bottom - top)));
    }

    private double x(double value) {
        return LEFT + across.place(value) * (WIDTH - RIGHT - LEFT);
    }

    private double y(double value) {
        return bottom() - up.place(value) * (bottom() - TOP);
    }

    private static double bottom() {
        return HEIGHT - BOTTOM;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
