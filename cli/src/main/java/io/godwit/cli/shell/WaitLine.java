package io.godwit.cli.shell;

import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.TimeoutOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code wait}: goes on once messages have come; what a script needs between a request and its end. */
@Command(
        name = "wait",
        sortOptions = false,
        description = {
            "Wait for messages; for scripts.",
            "Counts messages of the current client that no earlier wait has counted."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wait                                    for one message", "  wait -C 3 -W 1m"})
final class WaitLine implements Callable<Integer> {
    @Mixin
    private CountOption count = new CountOption("Wait for N messages. [1]");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("Fail with exit code 27 after this time. [30s]");

    private final ShellContext shell;

    WaitLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, TimeoutException {
        ShellClient client = shell.clients().current();
        int wanted = count.intOr(1);
        Duration limit = timeout.or(ShellContext.TIMEOUT);
        String messages = wanted + (wanted == 1 ? " message" : " messages");
        shell.output().done(client.name(), "waiting", "waiting for " + messages + ", Ctrl-C stops it");
        if (!client.await(wanted, limit)) {
            throw new TimeoutException((wanted == 1 ? "no message" : "fewer than " + messages) + " within "
                    + limit.toMillis() / 1e3 + " s");
        }
        return 0;
    }
}
