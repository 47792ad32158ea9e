package io.godwit.cli.bench;

import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.Terminal.Colour;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result as tables on standard output. */
public final class TextReport {
    private TextReport() {}

    public static void print(Terminal terminal, BenchResult result) {
        ReportRows.results(result).forEach((name, value) -> terminal.line(field(terminal, name) + value));
        Map<String, Distribution> latencies = ReportRows.latencies(result);
        if (!latencies.isEmpty()) {
            terminal.line("");
            terminal.line(terminal.paint(Colour.FAINT, row("latency", ReportRows.PERCENTILES)));
            latencies.forEach((name, times) -> terminal.line(row(name, ReportRows.times(times))));
        }
        terminal.line("");
        result.problems()
                .forEach((text, count) -> terminal.line(
                        terminal.paint(Colour.BAD, "! " + text + " (" + Formats.count(count) + " times)")));
        result.verdict().warnings().forEach(text -> terminal.line(terminal.paint(Colour.STRONG, "! " + text)));
        result.verdict().broken().forEach(text -> terminal.line(terminal.paint(Colour.BAD, "BROKEN: " + text)));
        if (result.verdict().exitCode() == 0
                && result.plan().publishers() > 0
                && result.plan().subscribers() > 0) {
            boolean complete = result.received().lost() == 0;
            terminal.line(terminal.paint(
                    Colour.GOOD,
                    complete ? "ok: nothing lost, duplicated or out of order" : "ok: QoS 0 may lose messages"));
        }
    }

    private static String field(Terminal terminal, String name) {
        return terminal.paint(Colour.FAINT, String.format(Locale.ROOT, "%-16s", name));
    }

    private static String row(String name, List<String> cells) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-16s", name));
        cells.forEach(cell -> row.append(String.format(Locale.ROOT, "%11s", cell)));
        return row.toString();
    }
}
