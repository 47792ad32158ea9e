package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.options.Durations;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"1,PT1S", ".5,PT0.5S", "1.,PT1S", "250ms,PT0.25S", "1.5s,PT1.5S", "2m,PT2M", "1h,PT1H", "1d,PT24H"})
    void a_number_has_its_unit(String text, Duration expected) {
        assertThat(new Durations().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1", "1f", "1D", "1dh", "0x1p3", "NaN", "1e400", "1 s", "99999999d"})
    void what_Java_would_read_as_a_number_is_none(String text) {
        assertThatThrownBy(() -> new Durations().convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
