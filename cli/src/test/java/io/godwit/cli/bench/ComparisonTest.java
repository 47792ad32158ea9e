package io.godwit.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two results side by side. */
class ComparisonTest {
    @TempDir
    Path folder;

    private Path result(String name, int qos, double rate, double p99, int lost) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                "{\"format\":1,\"settings\":{\"qos\":" + qos + ",\"topic\":\"" + name
                        + "\"},\"published\":{\"perSecond\":"
                        + rate + "},\"received\":{\"lost\":" + lost
                        + "},\"latency\":{\"endToEnd\":{\"count\":3,\"p99\":" + p99
                        + ",\"buckets\":[{\"from\":0,\"count\":3}]}},\"timeline\":[{\"seconds\":1}]}");
    }

    @Test
    void each_measure_is_shown_with_its_change() throws IOException {
        assertThat(Comparison.of(result("a.json", 1, 12000, 2, 0), result("b.json", 2, 18000, 2.02, 3)))
                .containsExactly(
                        "                                   a.json         b.json",
                        "published a second                 12,000         18,000   +50.0 %, better",
                        "lost                                0.000          3.000   worse",
                        "end to end p99, ms                  2.000          2.020   +1.0 %",
                        "different setting: qos 1, 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"format\":2}", "[1]", "text"})
    void what_is_no_result_is_rejected(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), text);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(file, file))
                .withMessageContaining("x.json is not a result of godwit bench --json");
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(folder.resolve("none"), folder.resolve("none")))
                .withMessageContaining("none");
    }
}
