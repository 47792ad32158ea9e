package io.godwit.cli.shell;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code use}: which client the next commands go to. */
@Command(
        name = "use",
        description = "Make another client the current one.",
        footerHeading = "%nExamples:%n",
        footer = "  use boiler")
final class UseLine implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", completionCandidates = ClientNames.class, description = "Which; list shows them.")
    private String name = "";

    private final ShellContext shell;

    UseLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.clients().use(shell.clients().named(name));
        return 0;
    }
}
