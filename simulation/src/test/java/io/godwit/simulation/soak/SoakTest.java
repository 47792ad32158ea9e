package io.godwit.simulation.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.simulation.broker.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./godwit-sim soak}, and that the long one can fail. */
class SoakTest {
    private static final Sample CALM = new Sample(0, 10 << 20, 4 << 20, 150 << 20, 20, 50, 0, 0, 1);

    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void nothing_is_lost_when_connections_break() throws Exception {
        assumeTrue(BrokerProcess.hasMosquitto(), "needs Mosquitto: apt-get install mosquitto");
        try (BrokerProcess mosquitto = BrokerProcess.start("mosquitto", folder.resolve("broker"))) {
            Soak.Outcome outcome = new Soak(folder.resolve("state"), "127.0.0.1", mosquitto.port(), 300, 1)
                    .run(Duration.ofSeconds(6), sample -> {});

            assertThat(outcome.faults()).isEmpty();
            assertThat(outcome.samples())
                    .last()
                    .satisfies(sample -> assertThat(sample.received()).isGreaterThan(500));
        }
    }

    @Test
    void what_stays_as_it_is_does_not_grow() {
        assertThat(Growth.of(samples(i -> i))).isEmpty();
    }

    @Test
    void a_leak_of_a_few_bytes_a_message_is_found() {
        // 30 minutes at 150 messages a second, of each of which 16 bytes stay.
        List<Sample> leak = IntStream.range(0, 180)
                .mapToObj(i -> heap(CALM, CALM.heap() + i * 10L * 150 * 16))
                .toList();

        assertThat(Growth.of(leak)).singleElement().asString().contains("live heap in MB grew from");
    }

    @Test
    void threads_and_files_that_stay_behind_are_found() {
        List<Sample> leak = IntStream.range(0, 180)
                .mapToObj(i ->
                        new Sample(i, CALM.heap(), CALM.direct(), CALM.resident(), 20 + i / 20, 50 + i / 10, 0, 0, 1))
                .toList();

        assertThat(Growth.of(leak))
                .hasSize(2)
                .anyMatch(what -> what.startsWith("threads"))
                .anyMatch(what -> what.startsWith("open files"));
    }

    @Test
    void what_grows_only_at_the_beginning_is_no_growth() {
        assertThat(Growth.of(samples(sample -> sample.seconds() < 20 ? heap(sample, 1 << 20) : sample)))
                .isEmpty();
    }

    @Test
    void the_plot_has_a_panel_for_each_measure() {
        String svg = SoakPlots.of(samples(i -> i), "a title");

        assertThat(svg).contains("a title", "prefers-color-scheme: dark").doesNotContain("NaN");
        assertThat(svg.split("<path", -1)).hasSize(8);
    }

    private static List<Sample> samples(UnaryOperator<Sample> change) {
        return IntStream.range(0, 180)
                .mapToObj(i -> change.apply(new Sample(
                        i,
                        CALM.heap() + i % 7 * 1000,
                        CALM.direct(),
                        CALM.resident(),
                        20 + i % 2,
                        50 + i % 4,
                        i,
                        i,
                        1)))
                .toList();
    }

    private static Sample heap(Sample sample, long heap) {
        return new Sample(
                sample.seconds(),
                heap,
                sample.direct(),
                sample.resident(),
                sample.threads(),
                sample.files(),
                sample.published(),
                sample.received(),
                sample.connections());
    }
}
