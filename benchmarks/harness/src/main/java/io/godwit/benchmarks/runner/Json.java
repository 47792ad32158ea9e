package io.godwit.benchmarks.runner;

import java.util.List;
import java.util.Map;

/** All runs with all their figures, for programs: a list of objects that are flat. */
final class Json {

    private Json() {}

    static String of(Results results) {
        StringBuilder out = new StringBuilder("[");
        for (Map.Entry<String, Map<String, List<Result>>> scenario :
                results.byScenario().entrySet()) {
            for (Map.Entry<String, List<Result>> contender : scenario.getValue().entrySet()) {
                for (Result result : contender.getValue()) {
                    out.append(out.length() > 1 ? ",\n " : "\n ");
                    out.append("{\"scenario\": \"").append(scenario.getKey());
                    out.append("\", \"client\": \"").append(contender.getKey()).append('"');
                    result.figures()
                            .forEach((key, value) -> out.append(", \"")
                                    .append(key)
                                    .append("\": ")
                                    .append(Double.isFinite(value) ? value.toString() : "null"));
                    out.append('}');
                }
            }
        }
        return out.append("\n]\n").toString();
    }
}
