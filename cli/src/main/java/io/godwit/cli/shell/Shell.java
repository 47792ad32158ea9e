package io.godwit.cli.shell;

import io.godwit.cli.options.RawText;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.PayloadDecoder;
import io.godwit.cli.output.PayloadStyle;
import io.godwit.cli.output.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A shell with several clients: at a prompt, or with the lines of a script, which ends at the first that fails. */
public final class Shell {
    /**
     * What the command line says.
     *
     * @param json JSON lines instead of text
     * @param format of messages as {@code sub -F} has it, or null
     * @param decoder of payloads, or null
     * @param configured puts the options of configuration files before the words of a command
     */
    public record Setup(
            boolean json,
            @Nullable String format,
            PayloadStyle payload,
            @Nullable PayloadDecoder decoder,
            BiFunction<CommandLine, List<String>, List<String>> configured) {}

    private static final Duration GOOD_BYE = Duration.ofSeconds(5);

    private final Setup setup;
    private final Clients clients = new Clients();

    public Shell(Setup setup) {
        this.setup = setup;
    }

    /**
     * Carries out a script.
     *
     * @param script its bytes as ISO 8859-1, see {@link RawText#ofLatin1}
     * @param name of the script, for complaints
     * @return the exit code of the first line that failed
     */
    public int run(Reader script, String name, Terminal terminal) throws IOException, InterruptedException {
        ShellOutput output = output(terminal, false);
        Lines lines = new Lines(
                new ShellContext(clients, output, () -> {
                    throw new IllegalArgumentException(
                            "--ask-password: there is no terminal to ask on; use --password-env or --password-file");
                }),
                setup.configured);
        try (BufferedReader in = new BufferedReader(script)) {
            int number = 0;
            for (String line = in.readLine(); line != null && !lines.isOver(); line = in.readLine()) {
                number++;
                int code = lines.run(RawText.ofLatin1(line), "godwit shell: " + name + ":" + number + ": ");
                if (code != ExitCodes.OK) {
                    return code;
                }
                if (output.isGone()) {
                    return ExitCodes.OUTPUT_CLOSED;
                }
            }
            return lines.exitCode();
        } finally {
            close(GOOD_BYE);
        }
    }

    /**
     * Reads lines from the person at this terminal until they have enough.
     *
     * @param history the file that keeps what was typed
     */
    public int interact(boolean colours, Path history) throws IOException, InterruptedException {
        try (Prompt prompt = new Prompt(colours, history)) {
            ShellOutput output = output(prompt.terminal(), true);
            ShellContext context = new ShellContext(clients, output, prompt::askPassword);
            Lines lines = new Lines(context, setup.configured);
            prompt.completes(lines.model());
            output.terminal().note("help lists the commands, connect -h HOST adds a client, Ctrl-D ends.");
            while (!lines.isOver()) {
                String line = prompt.read(clients.currentOrNull());
                if (line == null) {
                    break;
                }
                lines.run(line, "");
            }
            return lines.exitCode();
        } finally {
            close(GOOD_BYE);
        }
    }

    private ShellOutput output(Terminal terminal, boolean talkative) {
        return new ShellOutput(
                terminal, new ShellOutput.Style(setup.json, setup.format, setup.payload, setup.decoder, talkative));
    }

    /** Disconnects all clients. */
    public void close(Duration timeout) throws InterruptedException {
        clients.close(timeout);
    }
}
