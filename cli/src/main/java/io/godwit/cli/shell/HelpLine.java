package io.godwit.cli.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code help}: the commands, or how one is used. */
@Command(
        name = "help",
        description = "List the commands, or explain one.",
        footerHeading = "%nExamples:%n",
        footer = "  help connect")
final class HelpLine {
    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command to explain.")
    private String topic = "";

    void show(Lines lines) {
        lines.help(topic);
    }
}
