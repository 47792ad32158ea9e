package io.godwit.cli.bench;

import static io.godwit.cli.bench.Plans.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.bench.Timeline.Phase;
import io.godwit.cli.bench.Timeline.Sample;
import io.godwit.cli.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The line that says how the run goes. */
class LiveLineTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private static Sample sample(Phase phase, double seconds, long sentSoFar) {
        return new Sample(
                phase,
                seconds,
                0.5,
                1,
                1,
                sentSoFar,
                2 * sentSoFar,
                23,
                420_000,
                2_100_000,
                9_000_000,
                20,
                0,
                0.5,
                0.8);
    }

    private LiveLine line(boolean onTerminal) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(OutputStream.nullOutputStream(), stream, false, onTerminal, false);
        return new LiveLine(terminal, plan().clients(10, 10, 0).build(), false);
    }

    private String written() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void rates_are_those_since_the_line_before() {
        assertThat(LiveLine.line(
                        plan().clients(10, 10, 0).build(),
                        sample(Phase.MEASURING, 10, 1_000),
                        sample(Phase.MEASURING, 12, 41_000)))
                .isEqualTo(" 12.0 s  out 20,000/s  in 40,000/s  p50 420 µs  p99 2.1 ms  errors 0"
                        + "  connections 20/20  in flight 23");
    }

    @Test
    void while_it_connects_there_is_no_rate_yet() {
        assertThat(LiveLine.line(plan().clients(10, 10, 0).build(), null, sample(Phase.CONNECTING, 1, 0)))
                .isEqualTo("  1.0 s  connecting  errors 0  connections 20/20  in flight 23");
    }

    @Test
    void a_long_run_puts_its_looks_together_and_loses_none_of_the_counts() {
        List<Sample> looks = IntStream.rangeClosed(1, 7)
                .mapToObj(i -> sample(i <= 3 ? Phase.WARMING_UP : Phase.MEASURING, i / 2.0, i))
                .toList();

        List<Sample> fewer = Timeline.thinned(looks);

        assertThat(fewer).extracting(Sample::seconds).containsExactly(1.0, 1.5, 2.5, 3.5);
        assertThat(fewer).extracting(Sample::step).containsExactly(1.0, 0.5, 1.0, 1.0);
        assertThat(fewer).extracting(Sample::sent).containsExactly(2L, 1L, 2L, 2L);
        assertThat(fewer).extracting(Sample::coresUsed).containsOnly(0.5);
    }

    @Test
    void on_a_terminal_it_is_written_over_and_taken_away() {
        LiveLine line = line(true);
        line.accept(sample(Phase.MEASURING, 1, 1_000));
        line.accept(sample(Phase.MEASURING, 2, 2_000));
        line.end();

        assertThat(written())
                .matches("(?s)\\r  1\\.0 s .*\\u001b\\[K\\r  2\\.0 s .*\\u001b\\[K\\r\\u001b\\[K")
                .doesNotContain("\n");
    }

    @Test
    void in_a_pipe_it_comes_every_five_seconds() {
        LiveLine line = line(false);
        for (int second = 1; second <= 12; second++) {
            line.accept(sample(Phase.MEASURING, second, 1_000L * second));
        }
        line.end();

        assertThat(written().lines()).hasSize(2).allMatch(text -> text.contains("out 1,000/s"));
    }
}
