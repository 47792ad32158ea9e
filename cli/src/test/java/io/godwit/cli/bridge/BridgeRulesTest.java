package io.godwit.cli.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.godwit.cli.bridge.BridgeRule.Direction;
import io.godwit.cli.bridge.BridgeRule.Side;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of a bridge and their file. */
class BridgeRulesTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("rules.toml"), text);
    }

    @Test
    void a_file_has_a_table_for_each_rule() throws IOException {
        Path file = file("""
                [[topic]]
                filter = "sensors/#"
                direction = "a-to-b"
                a = "plant/"
                b = "site7/"
                qos = 1

                [[topic]]
                filter = "commands/+"
                """);

        assertThat(BridgeRules.read(file))
                .containsExactly(
                        new BridgeRule("sensors/#", Direction.A_TO_B, "plant/", "site7/", Qos.AT_LEAST_ONCE),
                        new BridgeRule("commands/+", Direction.BOTH, "", "", Qos.EXACTLY_ONCE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                              | there is no rule",
                "[topic]                                         | there is no rule",
                "x = 1                                           | unknown table 'x'",
                "[[topic]];a = 'b'                               | line 1: missing filter",
                "[[topic]];filter = 'a';qos = 3                  | line 1: invalid qos: must be 0, 1 or 2",
                "[[topic]];filter = 'a';direction = 'up'         | invalid direction 'up': must be a-to-b, b-to-a or both",
                "[[topic]];filter = 'a#'                         | a#",
                "[[topic]];filter = 'a';a = '$share/g/'          | shared subscription",
                "[[topic]];filter = 'a';topic = 'b'              | unknown key 'topic'",
                "[[topic]];filter = 7                            | filter must be a string",
                "[[topic                                         | line 1: "
            })
    void what_is_wrong_in_it_is_said_with_its_place(String text, String message) throws IOException {
        Path file = file(text.replace(';', '\n'));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> BridgeRules.read(file))
                .withMessageContaining(file.toString())
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "A, plant/sensors/1, site7/sensors/1",
        "A, plant/sensors, site7/sensors",
        "B, site7/sensors/1/x, plant/sensors/1/x",
        "A, site7/sensors/1, ",
        "A, plant/other, ",
        "B, plant/sensors/1, "
    })
    void prefixes_are_exchanged(Side from, String topic, String mapped) {
        BridgeRule rule = new BridgeRule("sensors/#", Direction.BOTH, "plant/", "site7/", Qos.EXACTLY_ONCE);

        assertThat(rule.mapped(from, topic)).isEqualTo(mapped);
    }
}
