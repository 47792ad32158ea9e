package io.godwit.cli;

import io.godwit.cli.options.DecodeOptions;
import io.godwit.cli.options.FormatOption;
import io.godwit.cli.options.JsonOption;
import io.godwit.cli.options.PayloadStyleOption;
import io.godwit.cli.options.UserFolders;
import io.godwit.cli.output.Diagnostics;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Several clients at a prompt, or in a script. */
@Command(
        name = "shell",
        sortOptions = false,
        description = {
            "Connect, publish and subscribe at a prompt, with several clients at once.",
            "Messages show as they come, above the line that is being typed; the tab key completes; help explains.",
            "A script, from a file or piped in, ends at its first line that fails, with that failure's exit code."
        },
        exitCodeList = {
            "3:and above: what the failed line of a script would have as a command",
            "141:standard output was closed by its reader"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit shell                              then: connect -h test.example, sub home/#",
            "  godwit shell morning.txt                  the lines of a file",
            "  echo 'connect\npub home/hall hi' | godwit shell",
            "  godwit shell --json < script | jq .       a JSON line for each message and event"
        })
final class ShellCommand implements Callable<Integer> {
    private static final Duration PATIENCE_WHEN_INTERRUPTED = Duration.ofSeconds(2);

    @Parameters(
            arity = "0..1",
            paramLabel = "SCRIPT",
            description = "The file to read lines from; - is standard input. [the terminal]")
    private @Nullable String script;

    @Mixin
    private JsonOption json = new JsonOption("Say everything as JSON lines on standard output.");

    @Mixin
    private FormatOption format = new FormatOption("Print each message so; as sub has it.");

    @Mixin
    private PayloadStyleOption style = new PayloadStyleOption();

    @Mixin
    private DecodeOptions decode = new DecodeOptions();

    private final Terminal terminal;

    ShellCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Shell shell = new Shell(new Shell.Setup(
                json.isOn(), format.get(), style.style(), decode.decoder(terminal::note), ShellCommand::configured));
        try (ShutdownHook interruption = new ShutdownHook(() -> disconnectQuickly(shell))) {
            if (script == null && Terminal.inIsTerminal() && terminal.outIsTerminal()) {
                return shell.interact(terminal.colours(), historyFile());
            }
            boolean piped = script == null || script.equals("-");
            try (Reader lines = piped
                    ? new InputStreamReader(System.in, StandardCharsets.ISO_8859_1)
                    : Files.newBufferedReader(Path.of(String.valueOf(script)), StandardCharsets.ISO_8859_1)) {
                return shell.run(lines, piped ? "standard input" : String.valueOf(script), terminal);
            }
        } catch (java.nio.file.FileSystemException e) {
            throw new IllegalArgumentException(Diagnostics.about(Path.of(String.valueOf(script)), e), e);
        }
    }

    /** The words of a line with the options of the files before them, and of {@code connect @NAME} those of the connection. */
    private static List<String> configured(CommandLine command, List<String> words) {
        Path folder = UserFolders.configuration();
        String first = words.isEmpty() ? "" : words.get(0);
        if (!command.getCommandName().equals("connect") || !first.startsWith("@")) {
            return ConfigFiles.precede(folder, command, Map.of(), words);
        }
        String name = first.substring(1);
        List<String> rest = new ArrayList<>(words);
        rest.set(0, name); // the client has the connection's name here
        return ConfigFiles.precede(folder, command, new NamedConnections(folder).options(name), rest);
    }

    private static void disconnectQuickly(Shell shell) {
        try {
            shell.close(PATIENCE_WHEN_INTERRUPTED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The history of the prompt: {@code ~/.local/state/godwit/history}. */
    private static Path historyFile() {
        return UserFolders.state().resolve("history");
    }
}
