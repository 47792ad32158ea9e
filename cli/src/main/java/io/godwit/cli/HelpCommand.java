package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what {@code --help} says, or shows a guide. */
@Command(
        name = "help",
        description = {
            "Explain godwit, or a command as --help does; or show a guide, or a section of one:",
            "cli, connecting, doctor, tls, transports, bench, simulate, nodemcu."
        },
        exitCodeList = "141:standard output was closed by its reader",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit help", "  godwit help sub", "  godwit help store ls", "  godwit help tls unknown-ca"})
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command; or the guide, and a section of it.")
    private List<String> names = new ArrayList<>();

    private final Terminal terminal;

    HelpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String guide = names.isEmpty() || isCommand() ? null : names.get(0);
        if (guide != null && Guides.NAMES.contains(guide)) {
            boolean wasRead = terminal.text(
                    Guides.text(guide, names.size() > 1 ? names.get(1) : null).stripTrailing());
            return wasRead ? ExitCodes.OK : ExitCodes.OUTPUT_CLOSED;
        }
        CommandLine line = Main.find(Main.commandLine(terminal), names);
        boolean read = terminal.text(line.getUsageMessage(line.getColorScheme()).stripTrailing());
        return read ? ExitCodes.OK : ExitCodes.OUTPUT_CLOSED;
    }

    /** A command of the same name as a guide comes first, unless a section is named. */
    private boolean isCommand() {
        return names.size() == 1 && Main.COMMANDS.contains(names.get(0));
    }
}
