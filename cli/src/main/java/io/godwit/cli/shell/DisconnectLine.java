package io.godwit.cli.shell;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code disconnect}: says good-bye to the broker and forgets the client. */
@Command(
        name = "disconnect",
        description = "Disconnect a client: DISCONNECT is sent, so its will is not.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  disconnect                              the one in use",
            "  disconnect boiler",
            "  disconnect --all"
        })
final class DisconnectLine implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            completionCandidates = ClientNames.class,
            description = "Which. [the one in use]")
    private @Nullable String name;

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    private final ShellContext shell;

    DisconnectLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<ShellClient> clients = all
                ? List.copyOf(shell.clients().all())
                : List.of(shell.clients().named(name));
        for (ShellClient client : clients) {
            shell.clients().disconnect(client, PATIENCE);
            shell.output().done(client.name(), "disconnected", "disconnected");
        }
        return 0;
    }
}
