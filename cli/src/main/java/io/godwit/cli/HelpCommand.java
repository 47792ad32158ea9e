package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what {@code --help} says. */
@Command(
        name = "help",
        description = "Explain godwit, or a command; as --help does.",
        exitCodeList = "141:standard output was closed by its reader",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit help", "  godwit help sub", "  godwit help store ls"})
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command.")
    private List<String> names = new ArrayList<>();

    private final Terminal terminal;

    HelpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandLine line = Main.find(Main.commandLine(terminal), names);
        boolean read = terminal.text(line.getUsageMessage(line.getColorScheme()).stripTrailing());
        return read ? ExitCodes.OK : ExitCodes.OUTPUT_CLOSED;
    }
}
