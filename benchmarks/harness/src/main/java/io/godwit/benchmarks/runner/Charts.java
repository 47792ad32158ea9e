package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import io.godwit.plot.Bars;
import io.godwit.plot.Sheet;
import io.godwit.plot.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One chart for each scenario, with medians and the spread of the rounds, as files of SVG and as one page that needs nothing else. */
final class Charts {

    private final Results results;
    private final Map<String, String> svgs = new LinkedHashMap<>();

    Charts(Results results) {
        this.results = results;
        results.byScenario().keySet().forEach(name -> svgs.put(name, chart(name)));
    }

    /** Where the chart is, from the page: the folder can be copied with it. */
    static String path(String scenario) {
        return "images/performance/" + scenario + ".svg";
    }

    void writeTo(Path directory) throws IOException {
        for (Map.Entry<String, String> svg : svgs.entrySet()) {
            Path file = directory.resolve(path(svg.getKey()));
            Files.createDirectories(file.getParent());
            Files.writeString(file, svg.getValue());
        }
    }

    String html(String markdown) {
        StringBuilder page = new StringBuilder("<!doctype html><meta charset=\"utf-8\"><title>Godwit benchmarks</title>"
                + "<style>body{font:15px system-ui,sans-serif;margin:2em}pre{font-size:12px}svg{max-width:100%}</style>"
                + "<h1>Godwit beside the other MQTT clients of the JVM</h1>\n");
        svgs.values().forEach(svg -> page.append("<p>").append(svg).append("</p>\n"));
        return page.append("<pre>")
                .append(Svg.escaped(markdown))
                .append("</pre>\n")
                .toString();
    }

    private String chart(String name) {
        Scenario scenario = Scenario.parse(name);
        Measure measure = Measure.of(scenario);
        List<Contender> contenders = results.contendersIn(List.of(name));
        Bars bars = new Bars(
                (measure.more() ? "more" : "less") + " is better; logarithmic; a line spans the rounds",
                contenders.size());
        for (Contender contender : contenders) {
            double median = results.median(name, contender.name(), measure.figure());
            DoubleSummaryStatistics rounds = results.of(name, contender.name()).stream()
                    .mapToDouble(measure.figure())
                    .summaryStatistics();
            bars.add(contender.name(), median, rounds.getMin(), rounds.getMax(), Table.cell(median), style(contender));
        }
        return new Sheet(name + ": " + measure.unit(), 1).add(bars).svg();
    }

    private static String style(Contender contender) {
        return switch (contender.role()) {
            case GODWIT -> "two";
            case LIBRARY -> "four";
            case NETTY -> "one";
            case SOCKET -> "three";
        };
    }
}
