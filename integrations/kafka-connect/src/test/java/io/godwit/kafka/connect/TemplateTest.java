package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final Set<String> KINDS = Set.of(Template.LEVEL, "topic", "user:", "json:");

    @Test
    void placeholders_are_replaced_and_doubled_braces_are_braces() {
        Template template = Template.parse("a-{1}-{user:x y|none}-{{b}}", KINDS);

        String text = template.expand(placeholder -> placeholder.kind().equals("user") ? null : "one");

        assertThat(text).isEqualTo("a-one-none-{b}");
    }

    @Test
    void without_a_value_and_a_default_there_is_no_text() {
        Template template = Template.parse("a-{2}", KINDS);

        assertThat(template.expand(placeholder -> null)).isNull();
        assertThatThrownBy(() -> template.require("kafka.topic", placeholder -> null))
                .isInstanceOf(DataException.class)
                .hasMessage("no value for {2} of kafka.topic=a-{2}: add a default, as in {2|none}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a{1; has a '{' without its '}' at character 2",
                "a}b; has a '}' without its '{' at character 2",
                "{0}; unknown placeholder {0}",
                "{level}; unknown placeholder {level}",
                "{usr:x}; unknown placeholder {usr:x}",
                "{user:}; unknown placeholder {user:}",
                "{json:a}; a JSON pointer starts with '/'",
            })
    void an_invalid_template_is_rejected_with_what_is_right(String text, String message) {
        assertThatThrownBy(() -> Template.parse(text, KINDS)).hasMessageContaining(message);
    }
}
