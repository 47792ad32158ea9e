package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void on_a_terminal_the_line_is_renewed_and_gone_at_the_end() {
        AtomicInteger count = new AtomicInteger();
        try (Progress progress = new Progress(terminal(true), () -> count.incrementAndGet() + " done")) {
            assertThat(progress.isShown()).isTrue();
            await("the second line").until(() -> text().contains("\r1 done\u001b[K\r2 done\u001b[K"));
        }
        assertThat(text()).endsWith("\r\u001b[K");
    }

    @Test
    void a_note_takes_the_place_of_the_line() {
        Terminal terminal = terminal(true);
        terminal.progress("1 done");
        terminal.note("connection lost");
        terminal.note("no connection");

        assertThat(text()).isEqualToNormalizingNewlines("\r1 done\u001b[K\r\u001b[Kconnection lost\nno connection\n");
    }

    @Test
    void elsewhere_nothing_is_written() {
        try (Progress progress = new Progress(terminal(false), () -> "done")) {
            assertThat(progress.isShown()).isFalse();
        }
        assertThat(text()).isEmpty();
    }

    private Terminal terminal(boolean errIsTerminal) {
        return new Terminal(
                new ByteArrayOutputStream(),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                errIsTerminal,
                false);
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
