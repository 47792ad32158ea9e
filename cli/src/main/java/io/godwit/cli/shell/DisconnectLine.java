package io.godwit.cli.shell;

import io.godwit.cli.options.AllOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code disconnect}: says good-bye to the broker and forgets the client. */
@Command(
        name = "disconnect",
        description = "Disconnect a client with DISCONNECT, so that its will is not published.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  disconnect                              the current one",
            "  disconnect boiler",
            "  disconnect --all"
        })
final class DisconnectLine implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            completionCandidates = ClientNames.class,
            description = "Which. [the current one]")
    private @Nullable String name;

    @Mixin
    private AllOption all = new AllOption("All of them.");

    private final ShellContext shell;

    DisconnectLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<ShellClient> clients = all.isOn()
                ? List.copyOf(shell.clients().all())
                : List.of(shell.clients().named(name));
        for (ShellClient client : clients) {
            shell.clients().disconnect(client, PATIENCE);
            shell.output().done(client.name(), "disconnected", "disconnected");
        }
        return 0;
    }
}
