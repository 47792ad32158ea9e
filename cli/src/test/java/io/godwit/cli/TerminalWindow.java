package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real terminal, 100 by 30, that runs a command, with keys to press and a screen to look at: tmux. */
final class TerminalWindow implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String socket = "godwit-" + UUID.randomUUID();

    private TerminalWindow() {}

    /** Runs the command in a new terminal; when it has ended, the screen says its exit code. */
    static TerminalWindow running(Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/tmux")), "tmux is not installed: no terminal to try the shell in");
        String settings = environment.entrySet().stream()
                .map(entry -> "export " + entry.getKey() + "=" + quote(entry.getValue()) + "\n")
                .collect(Collectors.joining());
        String line = command.stream().map(TerminalWindow::quote).collect(Collectors.joining(" "));
        Path script = Files.writeString(
                Files.createTempFile(folder, "terminal", ".sh"),
                settings + line + "\necho \"ended with $?\"\nread -r forever\n");
        TerminalWindow window = new TerminalWindow();
        window.tmux(
                "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "bash " + quote(script.toString()));
        return window;
    }

    private static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private String tmux(String... words) {
        List<String> line = Stream.concat(Stream.of("/usr/bin/tmux", "-u", "-L", socket), Stream.of(words))
                .toList();
        return Command.of(line.toArray(String[]::new)).ends(0).output();
    }

    /** Types this text. */
    TerminalWindow type(String text) {
        tmux("send-keys", "-l", text);
        return this;
    }

    /** Presses a key by its name in tmux, such as Enter, Tab, C-c. */
    TerminalWindow press(String key) {
        tmux("send-keys", key);
        return this;
    }

    String screen() {
        return tmux("capture-pane", "-p");
    }

    /** Waits until the screen shows this; blanks at the end of a line it does not show. */
    TerminalWindow awaitScreen(String text) {
        String part = text.stripTrailing();
        try {
            await(part).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> screen().contains(part));
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            assertThat(screen()).contains(part);
        }
        return this;
    }

    @Override
    public void close() {
        tmux("kill-server");
    }
}
