package io.godwit.cli.shell;

import io.godwit.cli.output.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.NullCompleter;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.shell.jline3.PicocliJLineCompleter;

/** The line at which a person types, with history and completion; what others print meanwhile goes above it. */
final class Prompt implements AutoCloseable {
    private static final int LINES_KEPT = 1_000;

    // Set once.
    private final org.jline.terminal.Terminal screen;
    private final LineReader reader;
    private final Terminal terminal;
    private final boolean colours;

    // The shell's thread only.
    private Completer completer = NullCompleter.INSTANCE;

    /** @param history the file that keeps what was typed */
    Prompt(boolean colours, Path history) throws IOException {
        this.colours = colours;
        this.screen = TerminalBuilder.builder().system(true).build();
        Thread shell = Thread.currentThread();
        screen.handle(
                Signal.INT, signal -> shell.interrupt()); // while a command runs; when reading, the reader has its own
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(screen)
                .appName("godwit")
                .parser(Lines.parser())
                .completer((line, words, candidates) -> completer.complete(line, words, candidates))
                .history(new SafeHistory())
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.HISTORY_SIZE, LINES_KEPT)
                .variable(LineReader.HISTORY_FILE_SIZE, LINES_KEPT);
        if (SafeHistory.prepare(history)) {
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        this.reader = builder.build();
        OutputStream above = new AbovePrompt(reader::printAbove);
        this.terminal = new Terminal(
                above,
                new PrintStream(new AbovePrompt(reader::printAbove), true, StandardCharsets.UTF_8),
                true,
                true,
                colours);
    }

    /** Prints above the prompt. */
    Terminal terminal() {
        return terminal;
    }

    /** The commands that the tab key completes. */
    void completes(CommandSpec commands) {
        completer = new PicocliJLineCompleter(commands);
    }

    /** The next line; null when there are no more. */
    @Nullable
    String read(@Nullable ShellClient client) {
        if (Thread.interrupted()) {
            terminal.note("interrupted");
        }
        try {
            return reader.readLine(prompt(client));
        } catch (UserInterruptException e) {
            return "";
        } catch (EndOfFileException e) {
            return null;
        }
    }

    private String prompt(@Nullable ShellClient client) {
        AttributedStringBuilder text = new AttributedStringBuilder();
        boolean offline = client != null && !client.mqtt().isConnected();
        AttributedStyle style = !colours
                ? AttributedStyle.DEFAULT
                : AttributedStyle.DEFAULT.foreground(offline ? AttributedStyle.RED : AttributedStyle.CYAN);
        text.styled(style, client == null ? "godwit" : client.name() + (offline ? " (offline)" : ""));
        return text.append("> ").toAnsi(screen);
    }

    String askPassword() {
        try {
            return reader.readLine("Password: ", '*');
        } catch (UserInterruptException | EndOfFileException e) {
            throw new IllegalArgumentException("no password was entered", e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.getHistory().save();
        screen.close();
    }
}
