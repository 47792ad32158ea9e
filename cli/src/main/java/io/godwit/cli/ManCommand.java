package io.godwit.cli;

import io.godwit.cli.manual.ManPage;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a man page on a terminal, and prints its source when piped. */
@Command(
        name = "man",
        description = "Show the man page of godwit or of a command. When piped: its source.",
        exitCodeList = "141:standard output was closed by its reader",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit man", "  godwit man sub", "  godwit man sub > godwit-sub.1"})
final class ManCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command.")
    private List<String> names = new ArrayList<>();

    private final Terminal terminal;

    ManCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandLine line = Main.find(Main.commandLine(terminal), names);
        byte[] page = ManPage.of(line.getCommandSpec(), Version.lines().get(0)).getBytes(StandardCharsets.UTF_8);
        if (terminal.outIsTerminal()) {
            return show(page);
        }
        return terminal.write(page, page.length) ? ExitCodes.OK : ExitCodes.OUTPUT_CLOSED;
    }

    private static int show(byte[] page) throws InterruptedException {
        try {
            Process man = new ProcessBuilder("man", "-l", "-")
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream in = man.getOutputStream()) {
                in.write(page);
            }
            return man.waitFor() == 0 ? ExitCodes.OK : ExitCodes.FAILED;
        } catch (IOException e) {
            throw new IllegalStateException("the program 'man' cannot show it (" + e.getMessage()
                    + "); --help says the same, and 'godwit man > FILE' writes the page");
        }
    }
}
