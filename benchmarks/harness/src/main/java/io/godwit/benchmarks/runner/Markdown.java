package io.godwit.benchmarks.runner;

import static io.godwit.benchmarks.runner.Table.cell;

import io.godwit.benchmarks.Scenario;
import io.godwit.benchmarks.runner.Contender.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The page of a campaign as Markdown: first Godwit's ratios, then each scenario with its chart and all rounds, then the goals. */
final class Markdown {

    private static final String GODWIT = "godwit";

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
        rates();
        results.byScenario().keySet().forEach(this::scenario);
        goals();
        results.leftOut()
                .forEach((scenario, why) -> out.append(String.format("Left out: %s, because %s.%n%n", scenario, why)));
        if (!results.failures().isEmpty()) {
            out.append("## Runs that failed\n\n");
            results.failures()
                    .forEach(failure -> out.append("- ").append(failure).append('\n'));
        }
    }

    /** What readers look for first: a row for each scenario, medians over the rounds. */
    private void ratios() {
        Table table = new Table(List.of(
                "scenario",
                "unit",
                "Godwit",
                "its rounds",
                "times better than the best library",
                "which is",
                "times better than bare Netty",
                "CPU per message, of the best library's",
                "bytes allocated per message"));
        for (String name : results.byScenario().keySet()) {
            if (!results.has(name, GODWIT)) {
                continue;
            }
            Measure measure = Measure.of(Scenario.parse(name));
            double godwit = results.median(name, GODWIT, measure.figure());
            Contender best = results.best(name, measure, Role.LIBRARY);
            Contender netty = results.best(name, measure, Role.NETTY);
            boolean messages = countsMessages(name);
            table.add(List.of(
                    name,
                    measure.unit(),
                    cell(godwit),
                    rounds(name, GODWIT, measure),
                    best == null ? "" : cell(advantage(name, measure, best)),
                    best == null ? "" : best.title(),
                    netty == null ? "" : cell(advantage(name, measure, netty)),
                    messages ? cell(cpuOfTheBest(name)) : "",
                    messages ? cell(results.median(name, GODWIT, Result::bytesPerMessage)) : ""));
        }
        if (!table.isEmpty()) {
            out.append("## Godwit and the others\n\n").append(table);
        }
    }

    private static boolean countsMessages(String scenario) {
        return Scenario.parse(scenario).countsMessages();
    }

    private double cpuOfTheBest(String scenario) {
        return results.median(scenario, GODWIT, Result::cpuSecondsPerMillion)
                / results.lowest(scenario, Result::cpuSecondsPerMillion, Role.LIBRARY);
    }

    private double advantage(String scenario, Measure measure, Contender over) {
        return measure.advantage(
                results.median(scenario, GODWIT, measure.figure()),
                results.median(scenario, over.name(), measure.figure()));
    }

    /** All rounds, in their order; nothing when there was one only. */
    private String rounds(String scenario, String contender, Measure measure) {
        List<Result> rounds = results.of(scenario, contender);
        return rounds.size() < 2
                ? ""
                : rounds.stream()
                        .map(result -> cell(measure.figure().applyAsDouble(result)))
                        .collect(Collectors.joining("; "));
    }

    /** One table for all clients, and for programs that draw from this page. */
    private void rates() {
        List<String> scenarios = results.byScenario().keySet().stream()
                .filter(Markdown::countsMessages)
                .toList();
        if (scenarios.isEmpty()) {
            return;
        }
        List<String> header = new ArrayList<>(List.of("client"));
        header.addAll(scenarios);
        Table table = new Table(header);
        for (Contender contender : results.contendersIn(scenarios)) {
            List<String> row = new ArrayList<>(List.of(contender.title()));
            for (String scenario : scenarios) {
                row.add(cell(results.median(scenario, contender.name(), Result::perSecond) / 1e3));
            }
            table.add(row);
        }
        out.append("## All clients: thousand messages a second\n\n").append(table);
    }

    private void scenario(String name) {
        Scenario scenario = Scenario.parse(name);
        Measure measure = Measure.of(scenario);
        List<Measure> others = Measure.others(scenario);
        List<String> header = new ArrayList<>(List.of("client"));
        boolean compared = results.has(name, GODWIT);
        if (compared) {
            header.add(measure.more() ? "Godwit, times this" : "this, times Godwit");
        }
        header.add(measure.unit());
        boolean several = results.options().plan().rounds() > 1;
        if (several) {
            header.add("the rounds");
        }
        others.forEach(other -> header.add(other.unit()));
        Table table = new Table(header);
        for (Contender contender : results.contendersIn(List.of(name))) {
            List<String> row = new ArrayList<>(List.of(contender.title()));
            if (compared) {
                row.add(cell(advantage(name, measure, contender)));
            }
            row.add(cell(results.median(name, contender.name(), measure.figure())));
            if (several) {
                row.add(rounds(name, contender.name(), measure));
            }
            others.forEach(other -> row.add(cell(results.median(name, contender.name(), other.figure()))));
            table.add(row);
        }
        out.append("### ").append(name).append("\n\n");
        out.append(String.format("![%s: %s](%s)%n%n", name, measure.unit(), Charts.path(name)));
        out.append(table);
    }

    private void goals() {
        List<Goal> goals = Goal.of(results);
        if (goals.isEmpty()) {
            return;
        }
        Table table = new Table(List.of("goal", "wanted", "measured", ""));
        for (Goal goal : goals) {
            table.add(List.of(goal.text(), goal.wanted(), goal.measured(), goal.isMet() ? "met" : "missed"));
        }
        out.append("## Godwit's goals\n\n").append(table);
    }
}
