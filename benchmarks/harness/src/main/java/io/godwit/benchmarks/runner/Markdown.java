package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.runner.Contender.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

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
        ratios();
        messages("Publish and receive, 64 bytes, 1,000 in flight", name -> name.matches("(publish|receive)-[012]"));
        messages(
                "Payloads, threads, TLS, through Mosquitto",
                name -> name.matches("(publish|receive)-[012]-.*|relay-.*"));
        oneByOne();
        latencies();
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

    /** What readers look for first: a row for each scenario, a single figure in each cell. */
    private void ratios() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "Godwit",
                "thousand messages a second",
                "times the best library",
                "times bare Netty",
                "CPU per message, of the best library's",
                "bytes allocated per message"));
        for (String scenario : scenarios(name -> name.matches("(publish|receive|relay)-.*"))) {
            double rate = results.median(scenario, "godwit", Result::perSecond);
            double cpu = results.median(scenario, "godwit", Result::cpuSecondsPerMillion);
            rows.add(List.of(
                    scenario,
                    cell(rate / 1e3),
                    cell(rate / results.highest(scenario, Result::perSecond, Role.LIBRARY)),
                    cell(rate / results.highest(scenario, Result::perSecond, Role.NETTY)),
                    cell(cpu / results.lowest(scenario, Result::cpuSecondsPerMillion, Role.LIBRARY)),
                    cell(results.median(scenario, "godwit", Result::bytesPerMessage))));
        }
        if (rows.size() > 1) {
            out.append("## Godwit and the others\n\n");
            append(rows);
        }
    }

    private void messages(String title, Predicate<String> which) {
        List<String> scenarios = scenarios(which);
        medians(title + ": thousand messages a second", scenarios, result -> result.perSecond() / 1e3);
        medians(title + ": CPU seconds per million messages", scenarios, Result::cpuSecondsPerMillion);
        medians(title + ": bytes allocated per message", scenarios, Result::bytesPerMessage);
        if (results.options().plan().rounds() > 1) {
            table(
                    title + ": messages a second of the fastest round, times the slowest",
                    scenarios,
                    (scenario, contender) -> cell(results.spread(scenario, contender, Result::perSecond)));
        }
    }

    private void medians(String title, List<String> scenarios, ToDoubleFunction<Result> figure) {
        table(title, scenarios, (scenario, contender) -> cell(results.median(scenario, contender, figure)));
    }

    private void oneByOne() {
        Map<String, Figure> figures = new LinkedHashMap<>();
        figures.put("round trip through Mosquitto, p50, µs", new Figure("roundtrip", result -> result.figure("p50")));
        figures.put("round trip, p99.9, µs", new Figure("roundtrip", result -> result.figure("p999")));
        figures.put("idle connection, KB of heap", new Figure("idle", result -> result.figure("heap") / KIBI));
        figures.put("idle connection, KB resident", new Figure("idle", result -> result.figure("rss") / KIBI));
        figures.put("threads with idle connections", new Figure("idle", result -> result.figure("threads")));
        figures.put("connections opened and closed a second", new Figure("connect", Result::perSecond));
        figures.put(
                "connections with TLS opened and closed a second, full handshakes",
                new Figure("connect-tls", Result::perSecond));
        figures.put("CPU of one, ms", new Figure("connect-tls", result -> result.cpuSecondsPerMillion() / 1e3));
        figures.put(
                "broker restarted: seconds until half of the clients are back",
                new Figure("storm", result -> result.figure("half")));
        figures.put("seconds until all are back", new Figure("storm", result -> result.figure("seconds")));
        figures.put("CPU seconds of the clients for that", new Figure("storm", result -> result.figure("cpu")));
        figures.put("first PUBACK after JVM start, ms", new Figure("firstpuback", result -> result.figure("millis")));
        figures.values().removeIf(figure -> !results.hasScenario(figure.scenario()));
        table("Round trips and connections", List.copyOf(figures.keySet()), (title, contender) -> {
            Figure figure = Objects.requireNonNull(figures.get(title));
            return cell(results.median(figure.scenario(), contender, figure.of()));
        });
    }

    private void latencies() {
        List<String> scenarios = scenarios(name -> name.startsWith("latency-"));
        String title =
                "Latency through Mosquitto, 500 messages a second unless the name has another rate, microseconds: ";
        medians(title + "p50", scenarios, result -> result.figure("p50"));
        medians(title + "p99", scenarios, result -> result.figure("p99"));
        medians(title + "p99.9", scenarios, result -> result.figure("p999"));
    }

    private record Figure(String scenario, ToDoubleFunction<Result> of) {}

    private void goals() {
        List<Goal> goals = Goal.of(results);
        if (goals.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("goal", "wanted", "measured", ""));
        for (Goal goal : goals) {
            rows.add(List.of(goal.text(), goal.wanted(), goal.measured(), goal.isMet() ? "met" : "missed"));
        }
        out.append("## Godwit's goals\n\n");
        append(rows);
    }

    /** The peer must never be the limit: a busy core of the client beside an idle one of the peer shows it. */
    private void peerCpu() {
        List<String> scenarios = scenarios(name -> name.matches("(publish|receive|relay)-.*"));
        medians("Cores busy in the client", scenarios, Result::cores);
        medians("Cores busy in the peer", scenarios, Result::peerCores);
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
        for (Contender contender : Contender.ALL) {
            List<String> row = new ArrayList<>(List.of(contender.title()));
            for (String scenario : scenarios) {
                row.add(cell.text(scenario, contender.name()));
            }
            if (!row.stream().skip(1).allMatch(String::isEmpty)) {
                rows.add(row);
            }
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

    /** Three digits that mean something, or nothing where there is no figure. */
    private static String cell(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }
}
