package io.godwit.plot;

import java.util.ArrayList;
import java.util.List;

/** Figures in rows under a title, as one SVG file that brings its own colours, for light and dark. */
public final class Sheet {
    private static final int HEAD = 36;

    private static final String STYLE = """
            :root { --paper: #ffffff; --ink: #1b222c; --faint: #5d6876; --grid: #dfe4ea; --shade: #2463c40d;
              --one: #2463c4; --two: #c2620e; --three: #7a8594; --four: #588b8b; }
            @media (prefers-color-scheme: dark) { :root { --paper: #11151a; --ink: #e4e9ef; --faint: #94a1b0;
              --grid: #2d3641; --shade: #6fa8ff12; --one: #6fa8ff; --two: #f2a35c; --three: #8b97a6; --four: #7fbdbd; } }
            .paper { fill: var(--paper); }
            text { fill: var(--faint); font: 12px system-ui, sans-serif; }
            .heading { fill: var(--ink); font-weight: bold; }
            .name, .up { text-anchor: end; }
            .across { text-anchor: middle; }
            .grid, .axis { stroke: var(--grid); }
            .shade { fill: var(--shade); }
            .one { --line: var(--one); } .two { --line: var(--two); } .three { --line: var(--three); } .four { --line: var(--four); }
            .line { fill: none; stroke: var(--line); stroke-width: 1.5; }
            .bar { fill: var(--line); }
            .spread { stroke: var(--ink); stroke-width: 2; }
            """;

    private final String title;
    private final int columns;
    private final List<Figure> figures = new ArrayList<>();

    public Sheet(String title, int columns) {
        this.title = title;
        this.columns = columns;
    }

    /** Adds a figure behind the others. Returns this. */
    public Sheet add(Figure figure) {
        figures.add(figure);
        return this;
    }

    /** The file. */
    public String svg() {
        int width = figures.stream().mapToInt(Figure::width).max().orElse(0);
        int height = figures.stream().mapToInt(Figure::height).max().orElse(0);
        int across = Math.max(1, Math.min(columns, figures.size()));
        int rows = (figures.size() + across - 1) / across;
        StringBuilder svg = new StringBuilder(String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\">%n"
                        + "<style>%n%3$s</style>%n<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>%n"
                        + "<text class=\"heading\" x=\"10\" y=\"24\">%4$s</text>%n",
                across * width, HEAD + rows * height, STYLE, Svg.escaped(title)));
        for (int i = 0; i < figures.size(); i++) {
            svg.append(String.format(
                    "<g transform=\"translate(%d %d)\">%n%s</g>%n",
                    i % across * width,
                    HEAD + i / across * height,
                    figures.get(i).content()));
        }
        return svg.append("</svg>\n").toString();
    }
}
