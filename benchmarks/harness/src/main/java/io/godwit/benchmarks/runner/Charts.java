package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The plots: one panel of bars for each scenario, as files of SVG and as one page that needs nothing else. */
final class Charts {

    static final String RED = "#c8553d";
    static final String GREEN = "#588b8b";
    static final String BLUE = "#93b7be";
    static final String GRAY = "#bbbbbb";

    private static final int PANEL_WIDTH = 420;
    private static final int NAME_WIDTH = 130;
    private static final int VALUE_WIDTH = 70;
    private static final int BAR = 16;
    private static final int GAP = 5;
    private static final int HEAD = 34;
    private static final int COLUMNS = 3;
    private static final int TITLE = 40;

    private final Results results;
    private final Map<String, String> svgs = new LinkedHashMap<>();

    Charts(Results results) {
        this.results = results;
        Predicate<String> core = name -> name.matches("(publish|receive)-[012]");
        Predicate<String> more = name -> name.matches("(publish|receive)-[012]-.*");
        chart("throughput", "Thousand messages a second (more is better)", core, result -> result.perSecond() / 1e3);
        chart("cpu", "CPU seconds per million messages (less is better)", core, Result::cpuSecondsPerMillion);
        chart("allocation", "Bytes allocated per message (less is better)", core, Result::bytesPerMessage);
        chart("more", "Thousand messages a second (more is better)", more, result -> result.perSecond() / 1e3);
        chart("connect", "Connections opened and closed a second (more is better)", is("connect"), Result::perSecond);
        figure("roundtrip", "Round trip through Mosquitto, p50, microseconds (less is better)", "roundtrip", "p50");
        figure("roundtrip-p999", "Round trip, p99.9, microseconds (less is better)", "roundtrip", "p999");
        figure("idle", "Bytes of heap of an idle connection (less is better)", "idle", "heap");
        figure("idle-resident", "Bytes of resident memory of an idle connection (less is better)", "idle", "rss");
        figure("firstpuback", "Milliseconds from JVM start to first PUBACK (less is better)", "firstpuback", "millis");
    }

    void writeTo(Path directory) throws IOException {
        for (Map.Entry<String, String> svg : svgs.entrySet()) {
            Files.writeString(directory.resolve(svg.getKey() + ".svg"), svg.getValue());
        }
    }

    String html(String markdown) {
        StringBuilder page = new StringBuilder("<!doctype html><meta charset=\"utf-8\"><title>Godwit benchmarks</title>"
                + "<style>body{font:15px system-ui,sans-serif;margin:2em}pre{font-size:12px}svg{max-width:100%}</style>"
                + "<h1>Godwit beside the other MQTT clients of the JVM</h1>\n");
        svgs.values().forEach(svg -> page.append("<p>").append(svg).append("</p>\n"));
        return page.append("<pre>").append(escaped(markdown)).append("</pre>\n").toString();
    }

    private static Predicate<String> is(String scenario) {
        return scenario::equals;
    }

    private void figure(String file, String title, String scenario, String key) {
        chart(file, title, is(scenario), result -> result.figure(key));
    }

    private void chart(String file, String title, Predicate<String> which, ToDoubleFunction<Result> figure) {
        List<String> scenarios =
                results.byScenario().keySet().stream().filter(which).toList();
        if (scenarios.isEmpty()) {
            return;
        }
        int rows = results.contendersIn(scenarios).size();
        int panelHeight = HEAD + rows * (BAR + GAP) + GAP;
        int columns = Math.min(COLUMNS, scenarios.size());
        int lines = (scenarios.size() + columns - 1) / columns;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"12\">"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>"
                        + "<text x=\"10\" y=\"24\" font-size=\"16\" font-weight=\"bold\">%3$s; scale is logarithmic"
                        + "</text>%n",
                columns * PANEL_WIDTH,
                TITLE + lines * panelHeight,
                escaped(title)));
        for (int i = 0; i < scenarios.size(); i++) {
            panel(scenarios.get(i), figure, i % columns * PANEL_WIDTH, TITLE + i / columns * panelHeight, svg);
        }
        svgs.put(file, svg.append("</svg>\n").toString());
    }

    private record Bar(Contender contender, double value) {}

    private void panel(String scenario, ToDoubleFunction<Result> figure, int x, int y, StringBuilder svg) {
        List<Bar> bars = new ArrayList<>();
        for (Contender contender : results.contendersIn(List.of(scenario))) {
            bars.add(new Bar(contender, results.median(scenario, contender.name(), figure)));
        }
        // The axis begins at a power of ten, so that the shortest bar is still seen.
        double least =
                bars.stream().mapToDouble(Bar::value).filter(v -> v > 0).min().orElse(1);
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        double from = Math.floor(Math.log10(least) - 0.1);
        double to = Math.max(from + 1, Math.log10(most));
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n",
                x + 10,
                y + 20,
                escaped(title(scenario))));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int top = y + HEAD + i * (BAR + GAP);
            double share = bar.value <= 0 ? 0 : Math.max(0, (Math.log10(bar.value) - from) / (to - from));
            double width = share * (PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH);
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                            + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
                            + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                    x + NAME_WIDTH - 6,
                    top + 12,
                    escaped(bar.contender.name()),
                    x + NAME_WIDTH,
                    top,
                    width,
                    BAR,
                    color(bar.contender),
                    x + NAME_WIDTH + width + 5,
                    top + 12,
                    number(bar.value)));
        }
    }

    private static String title(String scenario) {
        Scenario parsed = Scenario.parse(scenario);
        return switch (parsed.kind()) {
            case PUBLISH, RECEIVE -> scenario + ", " + parsed.payload() + " bytes";
            default -> scenario;
        };
    }

    private static String color(Contender contender) {
        return switch (contender.role()) {
            case GODWIT -> RED;
            case LIBRARY -> GREEN;
            case NETTY -> BLUE;
            case SOCKET -> GRAY;
        };
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
