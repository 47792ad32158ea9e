package io.godwit.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.benchmarks.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownTest {
    @TempDir
    Path folder;

    private Results results;

    @BeforeEach
    void results() {
        results = new Results(
                Options.parse(folder, List.of("--rounds", "3")), 1000, 1000, Map.of("relay-1", "of a test"));
    }

    private void rounds(String scenario, String contender, String figure, double... values) {
        for (int round = 0; round < values.length; round++) {
            results.add(
                    new Plan.Run(round, Scenario.parse(scenario), Contender.named(contender)),
                    new Result(Map.of(figure, values[round], "seconds", 1.0, "cpu", 1.0)));
        }
    }

    @Test
    void ratios_come_first_with_the_best_library_and_all_rounds() {
        rounds("publish-1", "godwit", "count", 4_000_000, 5_000_000, 4_500_000);
        rounds("publish-1", "vertx", "count", 1_400_000, 1_600_000, 1_500_000);
        rounds("publish-1", "paho-3", "count", 100_000, 100_000, 100_000);

        String[] parts = new Markdown(results).toString().split("## ");

        assertThat(parts[1])
                .startsWith("Godwit and the others")
                .containsPattern("\\| publish-1 .*\\| 4,500 .*\\| 4,000; 5,000; 4,500 .*\\| 3.00 .*\\| Vert.x ");
    }

    @Test
    void a_scenario_has_its_chart_and_a_row_for_each_client() {
        rounds("latency-1", "godwit", "p50", 50, 60, 40);
        rounds("latency-1", "hivemq-3", "p50", 100, 110, 90);

        assertThat(new Markdown(results).toString())
                .contains("### latency-1", "](images/performance/latency-1.svg)")
                .contains("| this, times Godwit |")
                .containsPattern("\\| HiveMQ client, 3.1.1 \\| 2.00 .*\\| 100 .*\\| 100; 110; 90.0 ");
    }

    @Test
    void what_was_left_out_is_said_with_its_reason() {
        assertThat(new Markdown(results).toString()).contains("Left out: relay-1, because of a test.");
    }

    @Test
    void a_chart_spans_the_rounds() {
        rounds("publish-1", "godwit", "count", 4_000_000, 5_000_000, 4_500_000);

        assertThat(new Charts(results).html("")).contains("class=\"spread\"", "publish-1: thousand messages a second");
    }
}
