package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import io.godwit.plot.Bars;
import io.godwit.plot.Sheet;
import io.godwit.plot.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The plots: one panel of bars for each scenario, as files of SVG and as one page that needs nothing else. */
final class Charts {

    private static final int COLUMNS = 3;

    private final Results results;
    private final Map<String, String> svgs = new LinkedHashMap<>();

    Charts(Results results) {
        this.results = results;
        Predicate<String> core = name -> name.matches("(publish|receive)-[012]");
        Predicate<String> more = name -> name.matches("(publish|receive)-[012]-.*|relay-.*");
        chart("throughput", "Thousand messages a second (more is better)", core, result -> result.perSecond() / 1e3);
        chart("cpu", "CPU seconds per million messages (less is better)", core, Result::cpuSecondsPerMillion);
        chart("allocation", "Bytes allocated per message (less is better)", core, Result::bytesPerMessage);
        chart("more", "Thousand messages a second (more is better)", more, result -> result.perSecond() / 1e3);
        Predicate<String> connect = name -> name.startsWith("connect");
        chart("connect", "Connections opened and closed a second (more is better)", connect, Result::perSecond);
        figure("roundtrip", "Round trip through Mosquitto, p50, microseconds (less is better)", "roundtrip", "p50");
        figure("roundtrip-p999", "Round trip, p99.9, microseconds (less is better)", "roundtrip", "p999");
        Predicate<String> latency = name -> name.startsWith("latency-");
        chart("latency", "Latency, p50, microseconds (less is better)", latency, result -> result.figure("p50"));
        chart("latency-p99", "Latency, p99, microseconds (less is better)", latency, result -> result.figure("p99"));
        chart(
                "latency-p999",
                "Latency, p99.9, microseconds (less is better)",
                latency,
                result -> result.figure("p999"));
        figure("idle", "Bytes of heap of an idle connection (less is better)", "idle", "heap");
        figure("idle-resident", "Bytes of resident memory of an idle connection (less is better)", "idle", "rss");
        figure(
                "storm",
                "Seconds until all clients are back after a restart of the broker (less is better)",
                "storm",
                "seconds");
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
        return page.append("<pre>")
                .append(Svg.escaped(markdown))
                .append("</pre>\n")
                .toString();
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
        Sheet sheet = new Sheet(title + "; scale is logarithmic", COLUMNS);
        for (String scenario : scenarios) {
            Bars bars = new Bars(title(scenario), rows);
            for (Contender contender : results.contendersIn(List.of(scenario))) {
                double value = results.median(scenario, contender.name(), figure);
                bars.add(contender.name(), value, number(value), style(contender));
            }
            sheet.add(bars);
        }
        svgs.put(file, sheet.svg());
    }

    private static String title(String scenario) {
        Scenario parsed = Scenario.parse(scenario);
        return switch (parsed.kind()) {
            case PUBLISH, RECEIVE, RELAY -> scenario + ", " + parsed.payload() + " bytes";
            default -> scenario;
        };
    }

    private static String style(Contender contender) {
        return switch (contender.role()) {
            case GODWIT -> "two";
            case LIBRARY -> "four";
            case NETTY -> "one";
            case SOCKET -> "three";
        };
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }
}
