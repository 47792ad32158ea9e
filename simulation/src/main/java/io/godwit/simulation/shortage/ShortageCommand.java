package io.godwit.simulation.shortage;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim shortage}: does a client come back when its process has run out of something? */
@Command(
        name = "shortage",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets a process with a client run out of file handles or threads, or of memory if asked to, for a moment, again and again, while its "
                    + "connection breaks.",
            "Fails if the client does not deliver again, or if a publish is still pending. Needs bash; root needs setpriv too."
        },
        footer = {"", "Example: godwit-sim shortage --minutes 10"})
public final class ShortageCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "10", description = "How long; ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--of",
            paramLabel = "WHAT",
            split = ",",
            defaultValue = "HANDLES,THREADS",
            description = "HANDLES, THREADS, MEMORY; ${DEFAULT-VALUE}.")
    private Set<Shortage> of = Set.of();

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "Of what happens when.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        if (!(minutes > 0 && minutes <= 10_000)) {
            throw new ParameterException(spec.commandLine(), "--minutes is more than 0 and at most 10000");
        }
        PrintWriter out = spec.commandLine().getOut();
        ShortageCampaign.Outcome outcome =
                new ShortageCampaign(seed, of).run(Duration.ofMillis((long) (minutes * 60_000)));
        out.printf(
                Locale.ROOT,
                "shortages of %s, %,d cut connections; the slowest delivered again after %d ms%n",
                outcome.shortages().entrySet().stream()
                        .map(each -> each.getKey().name().toLowerCase(Locale.ROOT) + ": " + each.getValue())
                        .collect(Collectors.joining(", ")),
                outcome.cuts(),
                outcome.slowest().toMillis());
        outcome.faults().forEach(fault -> out.println("BROKEN: " + fault));
        out.flush();
        return outcome.faults().isEmpty() ? 0 : 1;
    }
}
