package io.godwit.simulation.hostile;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim hostile}: do clients withstand whatever a broker sends? */
@Command(
        name = "hostile",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets clients of all versions connect, subscribe and publish through a proxy that alters, omits, repeats, reorders, "
                    + "cuts and drips the packets of the broker, over TCP and WebSocket. Then the proxy becomes honest.",
            "Fails if a client does not work again, or if anything that was started before is still pending."
        },
        footer = {"", "Example: godwit-sim hostile --minutes 10"})
public final class HostileCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "10", description = "How long; ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "Of what is done to the packets.")
    private long seed;

    @Override
    public Integer call() throws InterruptedException {
        if (!(minutes > 0 && minutes <= 10_000)) {
            throw new ParameterException(spec.commandLine(), "--minutes is more than 0 and at most 10000");
        }
        PrintWriter out = spec.commandLine().getOut();
        HostileCampaign.Outcome outcome = new HostileCampaign(seed).run(Duration.ofMillis((long) (minutes * 60_000)));
        out.printf(
                Locale.ROOT,
                "%,d clients met %,d hostile connections; the slowest worked again after %d ms%n",
                outcome.rounds(),
                outcome.connections(),
                outcome.slowest().toMillis());
        outcome.faults().forEach(fault -> out.println("BROKEN: " + fault));
        out.flush();
        return outcome.faults().isEmpty() ? 0 : 1;
    }
}
