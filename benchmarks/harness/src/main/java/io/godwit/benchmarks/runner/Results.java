package io.godwit.benchmarks.runner;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** All that a campaign measured, by scenario and contender, and the medians over its rounds. */
final class Results {

    private final Options options;
    private final long warmupMillis;
    private final long measureMillis;
    private final Map<String, Map<String, List<Result>>> byScenario = new LinkedHashMap<>();
    private final Map<String, String> leftOut;
    private final List<String> failures = new ArrayList<>();

    /** @param leftOut scenarios that this machine cannot run, and why */
    Results(Options options, long warmupMillis, long measureMillis, Map<String, String> leftOut) {
        this.leftOut = leftOut;
        this.options = options;
        this.warmupMillis = warmupMillis;
        this.measureMillis = measureMillis;
    }

    void add(Plan.Run run, Result result) {
        byScenario
                .computeIfAbsent(run.scenario().name(), name -> new LinkedHashMap<>())
                .computeIfAbsent(run.contender().name(), name -> new ArrayList<>())
                .add(result);
    }

    void addFailure(Plan.Run run, String message) {
        failures.add(run.scenario().name() + ", " + run.contender().name() + ": " + message);
    }

    Options options() {
        return options;
    }

    long warmupMillis() {
        return warmupMillis;
    }

    long measureMillis() {
        return measureMillis;
    }

    Map<String, String> leftOut() {
        return leftOut;
    }

    List<String> failures() {
        return failures;
    }

    Map<String, Map<String, List<Result>>> byScenario() {
        return byScenario;
    }

    boolean has(String scenario, String contender) {
        return byScenario.getOrDefault(scenario, Map.of()).containsKey(contender);
    }

    /** The contenders that have a result in any of the scenarios, in the order of {@link Contender#ALL}. */
    List<Contender> contendersIn(List<String> scenarios) {
        return Contender.ALL.stream()
                .filter(contender -> scenarios.stream().anyMatch(scenario -> has(scenario, contender.name())))
                .toList();
    }

    /** The rounds, in their order. */
    List<Result> of(String scenario, String contender) {
        return byScenario.getOrDefault(scenario, Map.of()).getOrDefault(contender, List.of());
    }

    /** The contender with the best median among those of the role; null: there is none. */
    @Nullable
    Contender best(String scenario, Measure measure, Contender.Role role) {
        Comparator<Contender> byMedian =
                Comparator.comparingDouble(contender -> median(scenario, contender.name(), measure.figure()));
        return contendersIn(List.of(scenario)).stream()
                .filter(contender -> contender.role() == role)
                .max(measure.more() ? byMedian : byMedian.reversed())
                .orElse(null);
    }

    /** The median, or NaN when there is no such run. */
    double median(String scenario, String contender, ToDoubleFunction<Result> figure) {
        List<Result> results = of(scenario, contender);
        return results.isEmpty() ? Double.NaN : Result.median(results, figure);
    }

    double highest(String scenario, ToDoubleFunction<Result> figure, Contender.Role... roles) {
        return medians(scenario, figure, roles).max().orElse(Double.NaN);
    }

    double lowest(String scenario, ToDoubleFunction<Result> figure, Contender.Role... roles) {
        return medians(scenario, figure, roles).min().orElse(Double.NaN);
    }

    private DoubleStream medians(String scenario, ToDoubleFunction<Result> figure, Contender.Role... roles) {
        return Contender.ALL.stream()
                .filter(contender -> List.of(roles).contains(contender.role()))
                .mapToDouble(contender -> median(scenario, contender.name(), figure))
                .filter(value -> !Double.isNaN(value));
    }
}
