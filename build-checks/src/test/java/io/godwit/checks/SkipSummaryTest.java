package io.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkipSummaryTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    private Path root;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final SkipSummary summary = new SkipSummary(out, List.of(Pattern.compile("needs Windows")));

    private void report(String module, Instant time, SkippedTest... skipped) throws IOException {
        Path file = root.resolve(module).resolve("target/fast/skipped-tests.tsv");
        new SkippedTest.Run(7, List.of(skipped)).write(file);
        Files.setLastModifiedTime(file, FileTime.from(time));
    }

    @Test
    void the_table_names_module_test_and_reason() throws IOException {
        report("client", START.plusSeconds(1), new SkippedTest("ATest.one", "squid is not installed"));
        report("benchmarks/harness", START.plusSeconds(2));

        summary.print(SkipSummary.runs(root, START));

        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "Tests: 14 ran, 1 skipped.",
                        "  module  test       reason",
                        "  client  ATest.one  squid is not installed");
    }

    @Test
    void reports_of_an_earlier_build_do_not_count() throws IOException {
        report("client", START.minusSeconds(1), new SkippedTest("ATest.one", "old"));

        assertThat(SkipSummary.runs(root, START)).isEmpty();
    }

    @Test
    void a_reason_is_allowed_or_not() {
        SkippedTest may = new SkippedTest("ATest.one", "needs Windows 10");
        SkippedTest mayNot = new SkippedTest("ATest.two", "squid is not installed");

        assertThat(summary.print(Map.of("client", new SkippedTest.Run(1, List.of(may, mayNot)))))
                .containsExactly(new SkipSummary.Row("client", mayNot));
    }

    @Test
    void a_strict_build_fails_because_of_a_skip() throws IOException {
        Path allowed = Files.writeString(root.resolve("allowed.txt"), "# nothing\n");
        report("client", START.plusSeconds(1), new SkippedTest("ATest.one", "squid is not installed"));

        SkipSummary.summarize(out, root.toString(), START.toString(), "report", allowed.toString());
        assertThatThrownBy(
                        () -> SkipSummary.summarize(out, root.toString(), START.toString(), "fail", allowed.toString()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("1 of the skipped tests could have run here");
    }
}
