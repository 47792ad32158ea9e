package io.godwit.simulation.bytes;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim bytes}: does the broker withstand whatever bytes come? */
@Command(
        name = "bytes",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends random, mutated and cut-off packets to the embedded broker over TCP and WebSocket, while an honest client "
                    + "publishes to itself.",
            "Fails if a message of the honest client is lost or late, or if anything of the other connections is left."
        },
        footer = {"", "Example: godwit-sim bytes --minutes 10"})
public final class ByteCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "10", description = "How long; ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "Of what is sent.")
    private long seed;

    @Override
    public Integer call() throws InterruptedException {
        if (!(minutes > 0 && minutes <= 10_000)) {
            throw new ParameterException(spec.commandLine(), "--minutes is more than 0 and at most 10000");
        }
        PrintWriter out = spec.commandLine().getOut();
        ByteCampaign.Outcome outcome = new ByteCampaign(seed).run(Duration.ofMillis((long) (minutes * 60_000)));
        out.printf(
                Locale.ROOT,
                "%,d hostile connections sent %,d bytes; %,d honest messages, the slowest in %d ms%n",
                outcome.connections(),
                outcome.bytes(),
                outcome.messages(),
                outcome.slowest().toMillis());
        outcome.faults().forEach(fault -> out.println("BROKEN: " + fault));
        out.flush();
        return outcome.faults().isEmpty() ? 0 : 1;
    }
}
