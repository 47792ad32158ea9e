package io.godwit.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.benchmarks.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    private static final Plan.Run FIRST = run(0, "publish-1", "godwit");
    private static final Plan.Run SECOND = run(0, "publish-1", "vertx");

    @TempDir
    Path folder;

    private static Plan.Run run(int round, String scenario, String contender) {
        return new Plan.Run(round, Scenario.parse(scenario), Contender.named(contender));
    }

    @Test
    void a_resumed_campaign_has_the_results_of_the_interrupted_one() throws IOException {
        RunLog interrupted = RunLog.begin(folder, "warmup=1");
        interrupted.add(FIRST, new Result(Map.of("count", 12.0, "seconds", 0.5)));
        interrupted.addFailure(SECOND, "exit status 1:\n  no peer");

        RunLog resumed = RunLog.resume(folder, "warmup=1");

        assertThat(resumed.resultOf(FIRST)).isEqualTo(new Result(Map.of("count", 12.0, "seconds", 0.5)));
        assertThat(resumed.resultOf(SECOND)).as("a failed run is made again").isNull();
        assertThat(resumed.resultOf(run(1, "publish-1", "godwit")))
                .as("another round")
                .isNull();
    }

    @Test
    void other_settings_cannot_resume_it() throws IOException {
        RunLog.begin(folder, "warmup=1");

        assertThatThrownBy(() -> RunLog.resume(folder, "warmup=2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begun with \"warmup=1\", these settings are \"warmup=2\"");
    }

    @Test
    void without_a_log_it_begins() throws IOException {
        assertThat(RunLog.resume(folder.resolve("new"), "warmup=1").resultOf(FIRST))
                .isNull();
    }

    @Test
    void a_new_campaign_forgets_the_old_one() throws IOException {
        RunLog.begin(folder, "warmup=1").add(FIRST, new Result(Map.of("count", 12.0)));
        RunLog.begin(folder, "warmup=1");

        assertThat(RunLog.resume(folder, "warmup=1").resultOf(FIRST)).isNull();
    }
}
