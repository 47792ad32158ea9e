package io.godwit.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.Terminal.Colour;
import io.godwit.mqtt.protocol.Message;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside reaches a terminal escaped, and a pipe as it is. */
class TerminalTest {
    private static final String HOSTILE = "\u001b]0;TITLE\u0007\u001b[31mRED\nforged\r\u009b31m\u202e\u2066\u007f";
    private static final String SHOWN =
            "\\u001b]0;TITLE\\u0007\\u001b[31mRED\\nforged\\r\\u009b31m\\u202e\\u2066\\u007f";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(boolean isTerminal) {
        return new Terminal(
                out, new PrintStream(err, true, StandardCharsets.UTF_8), isTerminal, isTerminal, isTerminal);
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void lines_on_both_streams_are_escaped() {
        Terminal terminal = terminal(true);

        terminal.line("topic " + HOSTILE);
        terminal.note("reason " + HOSTILE);
        terminal.log().println("log " + HOSTILE);

        assertThat(output()).isEqualTo("topic " + SHOWN + "\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("reason " + SHOWN + "\nlog " + SHOWN + "\n");
    }

    @Test
    void colours_of_the_command_stay_and_those_in_the_text_do_not() {
        Terminal terminal = terminal(true);

        terminal.line(terminal.paint(Colour.BAD, "\u001b[32mgreen") + " \u001b[33m");

        assertThat(output()).isEqualTo("\u001b[31m\\u001b[32mgreen\u001b[0m \\u001b[33m\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain text", "Ümläute 23 °C", "日本語", "😀 family 👨‍👩‍👧", "a\\u001b b"})
    void harmless_text_is_left_alone(String text) {
        terminal(true).line(text);

        assertThat(output()).isEqualTo(text + "\n");
    }

    private void print(boolean isTerminal, @Nullable String format, PayloadStyle style, Message message) {
        Terminal terminal = terminal(isTerminal);
        OutputFormat parsed =
                format == null ? null : OutputFormat.parse(format, false, isTerminal, ZoneId.systemDefault());
        new MessagePrinter(terminal, parsed, null, style, true, true).print(message);
    }

    @ParameterizedTest
    @EnumSource(PayloadStyle.class)
    void topics_and_payloads_of_messages_are_escaped_on_a_terminal(PayloadStyle style) {
        if (style == PayloadStyle.raw) {
            return; // was requested
        }
        print(true, null, style, Message.of("t/" + HOSTILE, HOSTILE));

        assertThat(output()).doesNotContain("\u001b[31m", "\u001b]", "\u009b", "\u202e", "\u0007");
        assertThat(output().lines().filter(line -> line.startsWith("forged"))).hasSizeLessThan(2);
    }

    @Test
    void a_pipe_gets_the_bytes() {
        print(false, null, PayloadStyle.auto, Message.of("t", HOSTILE));

        assertThat(output()).isEqualTo("t " + HOSTILE + "\n");
    }

    @Test
    void a_format_escapes_the_message_and_not_itself() {
        print(true, "\\e[1m%t|%P", PayloadStyle.auto, Message.of("a\u001b[31m", "x"));

        assertThat(output()).isEqualTo("\u001b[1ma\\u001b[31m|\n");
    }

    @Test
    void JSON_stays_valid_when_it_is_escaped() {
        print(true, "%j", PayloadStyle.auto, Message.of("t", "\u009b\u202e\u007f"));

        assertThat(output()).contains("\"payload\":\"\\u009b\\u202e\\u007f\"");
    }
}
