package io.godwit.cli.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code exit}: disconnects all clients and ends the shell. */
@Command(
        name = "exit",
        aliases = "quit",
        description = "Disconnect all clients and end; Ctrl-D does the same.",
        footerHeading = "%nExamples:%n",
        footer = "  exit 3                                  with this exit code")
final class ExitLine {
    @Parameters(arity = "0..1", paramLabel = "CODE", description = "The exit code. [0]")
    private int code;

    int code() {
        return code;
    }
}
