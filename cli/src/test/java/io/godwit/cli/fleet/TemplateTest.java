package io.godwit.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values in double braces, as {@code bench -m} has them. */
class TemplateTest {
    private static String fill(String text) {
        return Template.inBraces(text, Set.of("room")).fill(new Template.Values() {
            private final RandomGenerator random = new SplittableRandom(1);
            private final Map<String, Double> walks = new HashMap<>();

            @Override
            public String get(String name) {
                return Map.of("id", "c-1", "counter", "7", "time", "2026-01-01T00:00:00Z", "room", "hall")
                        .getOrDefault(name, "?");
            }

            @Override
            public RandomGenerator random() {
                return random;
            }

            @Override
            public Map<String, Double> walks() {
                return walks;
            }

            @Override
            public long started() {
                return 0;
            }
        });
    }

    @Test
    void values_stand_in_double_braces_also_within_json() {
        assertThat(fill("{\"c\":\"{{client}}\",\"n\":{{i}},\"at\":\"{{now}}\",\"in\":{\"room\":\"{{ room }}\"}}"))
                .isEqualTo("{\"c\":\"c-1\",\"n\":7,\"at\":\"2026-01-01T00:00:00Z\",\"in\":{\"room\":\"hall\"}}");
    }

    @ParameterizedTest
    @CsvSource({"{{random 0 100}}", "{{random 0..100}}", "{{random 0 100 1}}", "{{random -5 5}}", "{{walk 0 100 1}}"})
    void ranges_are_two_numbers_with_a_blank_or_dots(String text) {
        assertThat(Double.parseDouble(fill(text))).isBetween(-5.0, 100.0);
    }

    @Test
    void mistakes_are_named() {
        assertThatThrownBy(() -> fill("{{nothing}}"))
                .hasMessageContaining("unknown value '{{nothing}}': must be id, index");
        assertThatThrownBy(() -> fill("{{i")).hasMessage("'{{i': {{ without }}");
        assertThatThrownBy(() -> fill("{{choice |}}")).hasMessageContaining("unknown value '{{choice |}}'");
        assertThatThrownBy(() -> fill("{{random NaN..1}}")).hasMessageContaining("unknown value '{{random NaN..1}}'");
        assertThatThrownBy(() -> fill("{{sine 0..Infinity}}")).hasMessageContaining("unknown value");
        assertThatThrownBy(() -> fill("{{random 5}}")).hasMessageContaining("unknown value '{{random 5}}'");
    }

    @Test
    void dollar_braces_are_text_there() {
        assertThat(fill("${id} {a}}")).isEqualTo("${id} {a}}");
    }
}
