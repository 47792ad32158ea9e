package io.godwit.simulation.damage;

import io.godwit.simulation.broker.WorkFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim damage}: what does a damaged store give back? */
@Command(
        name = "damage",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Damages copies of a store in many ways (flipped bits, missing, cut, swapped and overwritten files) and opens them.",
            "Fails if a message is altered, a loss is not reported, or damage is reported twice."
        },
        footer = {"", "Example: godwit-sim damage --trials 200"})
public final class DamageCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many for each kind of damage; ${DEFAULT-VALUE}.")
    private int trials;

    @Override
    public Integer call() throws IOException {
        if (trials < 1) {
            throw new ParameterException(spec.commandLine(), "--trials is 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        int faults = 0;
        try (WorkFolder folder = WorkFolder.create("godwit-damage")) {
            DamageCampaign campaign = new DamageCampaign(folder.path());
            for (DamageKind kind : DamageKind.values()) {
                for (int seed = 0; seed < trials; seed++) {
                    @Nullable String fault = campaign.run(kind, seed);
                    if (fault != null) {
                        faults++;
                        out.println("BROKEN: " + fault);
                    }
                }
            }
            if (faults == 0) {
                folder.discard();
            }
        }
        out.printf("%d kinds of damage, %d trials each, %d broken%n", DamageKind.values().length, trials, faults);
        out.flush();
        return faults == 0 ? 0 : 1;
    }
}
