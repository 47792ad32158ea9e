package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import io.godwit.benchmarks.Scenario.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The tables, as Markdown that reads well in a terminal too. */
final class Markdown {

    private static final double KIBI = 1024;

    private final Results results;
    private final StringBuilder out = new StringBuilder();

    Markdown(Results results) {
        this.results = results;
        write();
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void write() {
        Options options = results.options();
        out.append(String.format(
                Locale.ROOT,
                "%d processors, %s %s, JVM %s; %d round(s), %.1f s warm-up and %.1f s measured in each run.%n%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                options.java().equals(Path.of(System.getProperty("java.home"), "bin", "java"))
                        ? System.getProperty("java.vm.version")
                        : options.java().toString(),
                options.plan().rounds(),
                results.warmupMillis() / 1e3,
                results.measureMillis() / 1e3));
        throughput("Publish, 64 bytes, 1,000 in flight", name -> name.matches("publish-[012]"));
        throughput("Receive, 64 bytes, 1,000 in flight", name -> name.matches("receive-[012]"));
        throughput("Payloads, threads, TLS", name -> name.matches("(publish|receive)-[012]-.*"));
        oneByOne();
        goals();
        peerCpu();
        results.leftOut()
                .forEach((scenario, why) -> out.append(String.format("Left out: %s, because %s.%n%n", scenario, why)));
        if (!results.failures().isEmpty()) {
            out.append("## Runs that failed\n\n");
            results.failures()
                    .forEach(failure -> out.append("- ").append(failure).append('\n'));
        }
    }

    private List<String> scenarios(Predicate<String> which) {
        return results.byScenario().keySet().stream().filter(which).toList();
    }

    private void throughput(String title, Predicate<String> which) {
        table(
                title + ": thousand messages a second / CPU seconds per million / bytes allocated per message",
                scenarios(which),
                this::throughputCell);
    }

    private String throughputCell(String scenario, String contender) {
        return String.format(
                Locale.ROOT,
                "%s / %s / %,.0f",
                short3(results.median(scenario, contender, Result::perSecond) / 1e3),
                short3(results.median(scenario, contender, Result::cpuSecondsPerMillion)),
                results.median(scenario, contender, Result::bytesPerMessage));
    }

    private void oneByOne() {
        table(
                "Round trip through Mosquitto (p50 / p99.9, microseconds); idle connections (KB of heap / KB resident"
                        + " each / threads in all); connections opened and closed a second; first PUBACK after the"
                        + " JVM starts (ms)",
                scenarios(name -> !name.startsWith("publish") && !name.startsWith("receive")),
                this::oneByOneCell);
    }

    private String oneByOneCell(String scenario, String contender) {
        return switch (Scenario.parse(scenario).kind()) {
            case ROUND_TRIP ->
                String.format(
                        Locale.ROOT,
                        "%.1f / %.0f",
                        results.median(scenario, contender, result -> result.figure("p50")),
                        results.median(scenario, contender, result -> result.figure("p999")));
            case IDLE ->
                String.format(
                        Locale.ROOT,
                        "%.1f / %.1f / %.0f",
                        results.median(scenario, contender, result -> result.figure("heap")) / KIBI,
                        results.median(scenario, contender, result -> result.figure("rss")) / KIBI,
                        results.median(scenario, contender, result -> result.figure("threads")));
            case CONNECT -> String.format(Locale.ROOT, "%,.0f", results.median(scenario, contender, Result::perSecond));
            default ->
                String.format(
                        Locale.ROOT, "%.0f", results.median(scenario, contender, result -> result.figure("millis")));
        };
    }

    private void goals() {
        List<Goal> goals = Goal.of(results);
        if (goals.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("goal", "wanted", "measured", ""));
        for (Goal goal : goals) {
            rows.add(List.of(goal.text(), goal.wanted(), goal.measured(), goal.isMet() ? "met" : "MISSED"));
        }
        out.append("## Godwit's goals\n\n");
        append(rows);
    }

    /** The peer must never be the limit: a busy core of the client beside an idle one of the peer shows it. */
    private void peerCpu() {
        table(
                "Cores busy: the client's / the peer's",
                scenarios(name -> Scenario.parse(name).kind() == Kind.PUBLISH
                        || Scenario.parse(name).kind() == Kind.RECEIVE),
                (scenario, contender) -> String.format(
                        Locale.ROOT,
                        "%.2f / %.2f",
                        results.median(scenario, contender, Result::cores),
                        results.median(scenario, contender, Result::peerCores)));
    }

    private interface Cell {
        String text(String scenario, String contender);
    }

    private void table(String title, List<String> scenarios, Cell cell) {
        if (scenarios.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("client"));
        header.addAll(scenarios);
        rows.add(header);
        for (Contender contender : results.contendersIn(scenarios)) {
            List<String> row = new ArrayList<>(List.of(contender.title()));
            for (String scenario : scenarios) {
                row.add(results.has(scenario, contender.name()) ? cell.text(scenario, contender.name()) : "");
            }
            rows.add(row);
        }
        out.append("## ").append(title).append("\n\n");
        append(rows);
    }

    private void append(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(Math.max(widths[i], 3), row.get(i).length());
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < columns; i++) {
                out.append("| ").append(rows.get(r).get(i));
                out.append(" ".repeat(widths[i] - rows.get(r).get(i).length() + 1));
            }
            out.append("|\n");
            if (r == 0) {
                for (int width : widths) {
                    out.append("| ").append("-".repeat(width)).append(' ');
                }
                out.append("|\n");
            }
        }
        out.append('\n');
    }

    /** About three digits that mean something. */
    private static String short3(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }
}
