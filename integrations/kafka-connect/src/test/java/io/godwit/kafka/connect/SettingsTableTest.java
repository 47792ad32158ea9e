package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.checks.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of settings in docs/kafka.md are those of the connectors. {@code -Dapi.update} writes them.
 */
class SettingsTableTest {
    @ParameterizedTest
    @ValueSource(strings = {"source", "sink"})
    void the_document_lists_the_settings(String connector) throws IOException {
        ConfigDef def = connector.equals("source") ? SourceConfig.definition() : SinkConfig.definition();
        Path document = document();
        String text = Files.readString(document);
        String begin = "<!-- settings of the " + connector + " -->\n";
        String end = "<!-- end of settings -->";
        Matcher matcher = Pattern.compile(Pattern.quote(begin) + "(.*?)" + Pattern.quote(end), Pattern.DOTALL)
                .matcher(text);
        assertThat(matcher.find())
                .as("place for the settings of the " + connector)
                .isTrue();
        String table = table(def);

        if (System.getProperty("api.update") != null) {
            Files.writeString(document, matcher.replaceFirst(Matcher.quoteReplacement(begin + table + end)));
        } else {
            assertThat(matcher.group(1))
                    .as("settings in " + document + "; -Dapi.update writes them")
                    .isEqualTo(table);
        }
    }

    @Test
    void the_configuration_of_the_document_is_valid() throws IOException {
        String text = Documents.block("docs/kafka.md", "Five minutes", "json").text();

        isValid(text, SourceConfig.definition());
    }

    @Test
    void the_configurations_of_the_example_are_valid_and_do_what_the_document_advises_for_mosquitto()
            throws IOException {
        Path example = Documents.root().resolve("examples/kafka");

        Map<String, String> source =
                isValid(Files.readString(example.resolve("source.json")), SourceConfig.definition());
        isValid(Files.readString(example.resolve("sink.json")), SinkConfig.definition());

        assertThat(TaskPlan.of(new SourceConfig(source), Integer.parseInt(source.get("tasks.max")), true))
                .isEqualTo(new TaskPlan(2, false));
    }

    private static Map<String, String> isValid(String json, ConfigDef def) throws IOException {
        Map<String, String> settings = new ObjectMapper().readValue(json, new TypeReference<>() {});
        assertThat(def.validateAll(settings).values())
                .allSatisfy(value -> assertThat(value.errorMessages()).isEmpty());
        assertThat(def.configKeys().keySet())
                .containsAll(settings.keySet().stream()
                        .filter(key -> key.startsWith("mqtt.") || key.startsWith("kafka."))
                        .toList());
        return settings;
    }

    private static Path document() {
        return Documents.root().resolve("docs/kafka.md");
    }

    private static String table(ConfigDef def) {
        StringBuilder table =
                new StringBuilder("| setting | type | default | values | what it is |\n|---|---|---|---|---|\n");
        def.configKeys().values().stream()
                .sorted(Comparator.comparing((ConfigKey key) -> rank(key.group)).thenComparing(key -> key.orderInGroup))
                .forEach(key -> table.append("| `")
                        .append(key.name)
                        .append("` | ")
                        .append(key.type.name().toLowerCase())
                        .append(" | ")
                        .append(fallback(key))
                        .append(" | ")
                        .append(key.validator == null ? "" : cell(key.validator.toString()))
                        .append(" | ")
                        .append(cell(key.documentation))
                        .append(" |\n"));
        return table.toString();
    }

    /** What a connector is about comes before how it connects. */
    private static String rank(String group) {
        return switch (group) {
            case "Connection" -> "3";
            case "TLS" -> "4";
            case "Subscription" -> "1";
            default -> "2";
        };
    }

    private static String fallback(ConfigKey key) {
        if (!key.hasDefault()) {
            return "required";
        }
        String value = key.type == ConfigDef.Type.PASSWORD ? "" : String.valueOf(key.defaultValue);
        return value.isEmpty() ? "" : "`" + value + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
