package io.godwit.cli.shell;

import io.godwit.cli.options.Durations;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wait}: goes on once messages have come; what a script needs between a request and its end. */
@Command(
        name = "wait",
        sortOptions = false,
        description = {
            "Wait until messages have come; for scripts.",
            "Counts those of the client in use that no wait has counted before."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wait                                    for one message", "  wait -C 3 -W 1m"})
final class WaitLine implements Callable<Integer> {
    @Option(
            names = {"-C", "--count"},
            paramLabel = "N",
            description = "Wait for so many. [1]")
    private int count = 1;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Wait so long, then fail with exit code 27. [30s]")
    private Duration timeout = Duration.ofSeconds(30);

    private final ShellContext shell;

    WaitLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, TimeoutException {
        ShellClient client = shell.clients().current();
        String messages = count + (count == 1 ? " message" : " messages");
        shell.output().done(client.name(), "waiting", "waiting for " + messages + ", Ctrl-C stops it");
        if (!client.await(count, timeout)) {
            throw new TimeoutException((count == 1 ? "no message" : "fewer than " + messages) + " within "
                    + timeout.toMillis() / 1e3 + " s");
        }
        return 0;
    }
}
