package io.godwit.cli.bench;

import io.godwit.plot.Svg;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result as one HTML file that needs nothing else: figures, plots, tables, and the JSON form of it all. It can be read
 * without scripts; the one in it shows values under the pointer.
 */
public final class HtmlReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final BenchResult result;
    private final StringBuilder html = new StringBuilder();

    private HtmlReport(BenchResult result) {
        this.result = result;
    }

    /** @param version lines that say what made the report */
    public static String of(BenchResult result, List<String> version) {
        HtmlReport report = new HtmlReport(result);
        report.write(version);
        return report.html.toString();
    }

    private void write(List<String> version) {
        String title = "godwit bench, " + result.plan().servers();
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .append("<link rel=\"icon\" href=\"data:,\">\n<title>")
                .append(Svg.escaped(title))
                .append("</title>\n<style>\n")
                .append(resource("report.css"))
                .append("</style>\n</head>\n<body>\n<header>\n<p class=\"faint\">godwit bench</p>\n<h1>")
                .append(Svg.escaped(result.plan().servers()))
                .append("</h1>\n<p class=\"faint\">")
                .append(Svg.escaped(TIME.format(result.started())))
                .append("</p>\n</header>\n<main>\n");
        verdict();
        figures();
        html.append("<div class=\"plots\">\n");
        new ReportPlots(result, html).write();
        html.append("</div>\n");
        latencies();
        html.append("<div class=\"tables\">\n");
        table("results", "Results", ReportRows.results(result));
        table("settings", "Settings", ReportRows.settings(result.plan()));
        html.append("</div>\n</main>\n<footer class=\"faint\">\n");
        html.append(
                        "<p>End to end: from when a message was due to its arrival at the subscriber. Acknowledgement: from when it was")
                .append(
                        " due to the broker's last answer. A message that goes out late counts from when it was due, so that no")
                .append(" wait is left out. Both ends share one clock.</p>\n<p>")
                .append(Svg.escaped(String.join(" · ", version)))
                .append("</p>\n</footer>\n<script type=\"application/json\" id=\"result\">\n")
                .append(JsonReport.of(result).replace("<", "\\u003c"))
                .append("\n</script>\n<div id=\"tip\" hidden></div>\n<script>\n")
                .append(resource("report.js"))
                .append("</script>\n</body>\n</html>\n");
    }

    private void verdict() {
        BenchResult.Verdict verdict = result.verdict();
        boolean checked = result.plan().publishers() > 0 && result.plan().subscribers() > 0;
        html.append("<section id=\"verdict\">\n");
        for (String text : verdict.broken()) {
            line("bad", "Broken", text);
        }
        for (Map.Entry<String, Long> problem : result.problems().entrySet()) {
            line("bad", "Trouble", problem.getKey() + " (" + Formats.count(problem.getValue()) + " times)");
        }
        for (String text : verdict.warnings()) {
            line("warn", "Note", text);
        }
        if (verdict.broken().isEmpty() && result.problems().isEmpty() && checked) {
            String text = result.received().lost() == 0
                    ? "nothing lost, duplicated or out of order"
                    : Formats.count(result.received().lost())
                            + " lost, as QoS 0 allows; nothing duplicated or out of order";
            line("good", "Kept", text);
        }
        html.append("</section>\n");
    }

    private void line(String style, String word, String text) {
        html.append("<p class=\"")
                .append(style)
                .append("\"><b>")
                .append(word)
                .append("</b> ")
                .append(Svg.escaped(text))
                .append("</p>\n");
    }

    // ---- the figures at the top ----

    private void figures() {
        BenchPlan plan = result.plan();
        html.append("<section class=\"figures\">\n");
        if (plan.subscribers() > 0) {
            figure(Formats.rate(result.received().perSecond()), "messages received a second");
        }
        if (plan.publishers() > 0) {
            figure(Formats.rate(result.published().perSecond()), "messages published a second");
        }
        Distribution times = result.endToEnd().count() > 0 ? result.endToEnd() : result.acknowledgement();
        if (times.count() > 0) {
            String what = result.endToEnd().count() > 0 ? "end to end" : "to the acknowledgement";
            figure(Formats.time(times.p50()), "p50, " + what);
            figure(Formats.time(times.p99()), "p99");
            figure(Formats.time(times.p999()), "p99.9");
        }
        if (plan.publishers() > 0 && plan.subscribers() > 0) {
            figure(Formats.count(result.received().lost()), "messages lost");
        } else if (plan.publishers() + plan.subscribers() == 0) {
            figure(Formats.count(result.connections().made()), "connections");
            figure(Formats.rate(result.connections().perSecond()), "connections a second");
            figure(Formats.time(result.connections().latency().p99()), "p99 to CONNACK");
        }
        html.append("</section>\n");
    }

    private void figure(String value, String what) {
        html.append("<div><strong>")
                .append(Svg.escaped(value))
                .append("</strong><span>")
                .append(Svg.escaped(what))
                .append("</span></div>\n");
    }

    // ---- tables ----

    private void latencies() {
        Map<String, Distribution> all = ReportRows.latencies(result);
        if (all.isEmpty()) {
            return;
        }
        html.append(
                "<section>\n<h2>Latency</h2>\n<div class=\"wide\"><table id=\"latency\" class=\"numbers\">\n<tr><th></th>");
        ReportRows.PERCENTILES.forEach(name -> html.append("<th>").append(name).append("</th>"));
        html.append("<th>count</th></tr>\n");
        all.forEach((name, times) -> {
            html.append("<tr><th>").append(name).append("</th>");
            ReportRows.times(times)
                    .forEach(cell ->
                            html.append("<td>").append(Svg.escaped(cell)).append("</td>"));
            html.append("<td>").append(Formats.count(times.count())).append("</td></tr>\n");
        });
        html.append("</table></div>\n</section>\n");
    }

    private void table(String id, String title, Map<String, String> facts) {
        html.append("<section>\n<h2>")
                .append(title)
                .append("</h2>\n<table id=\"")
                .append(id)
                .append("\">\n");
        facts.forEach((name, value) -> html.append("<tr><th>")
                .append(Svg.escaped(name))
                .append("</th><td>")
                .append(Svg.escaped(value))
                .append("</td></tr>\n"));
        html.append("</table>\n</section>\n");
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
