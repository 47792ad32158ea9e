package io.godwit.simulation.rivals;

import io.godwit.simulation.broker.BrokerProcess;
import io.godwit.simulation.broker.WorkFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim rivals}: two clients with one identifier. */
@Command(
        name = "rivals",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets two clients with one identifier throw each other out at a broker while both publish at QoS 1 and 2.",
            "Fails if they try to connect more often than their back-off allows, blame something else, or lose anything."
        },
        footer = {"", "Examples:", "  godwit-sim rivals --minutes 10", "  godwit-sim rivals --broker 127.0.0.1:1883"})
public final class RivalCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "10", description = "How long; ${DEFAULT-VALUE}.")
    private int minutes;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            defaultValue = "mosquitto",
            description =
                    "mosquitto, or another of interop/README.md that speaks MQTT 5; or HOST:PORT of one that runs already. "
                            + "${DEFAULT-VALUE} unless given.")
    @SuppressWarnings("NullAway.Init")
    private String broker;

    @Override
    public Integer call() throws IOException {
        if (minutes < 1 || minutes > 10_000) {
            throw new ParameterException(spec.commandLine(), "--minutes is 1 to 10000");
        }
        try (WorkFolder folder = WorkFolder.create("godwit-rivals")) {
            RivalCampaign.Outcome outcome = run(folder);
            report(outcome, spec.commandLine().getOut());
            if (outcome.faults().isEmpty()) {
                folder.discard();
            }
            return outcome.faults().isEmpty() ? 0 : 1;
        }
    }

    private RivalCampaign.Outcome run(WorkFolder folder) throws IOException {
        Duration time = Duration.ofMinutes(minutes);
        if (broker.contains(":")) {
            return new RivalCampaign("mqtt://" + broker).run(time);
        }
        try (BrokerProcess own = BrokerProcess.start(broker, folder.path())) {
            return new RivalCampaign("mqtt://127.0.0.1:" + own.port()).run(time);
        }
    }

    private static void report(RivalCampaign.Outcome outcome, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "two pairs of clients made %,d attempts; %,d connections ended with a takeover, %,d without a reason; %,d publishes "
                        + "were accepted, and %,d of QoS 2 failed since their session was lost%n",
                outcome.attempts(),
                outcome.takeovers(),
                outcome.silentEnds(),
                outcome.published(),
                outcome.inDoubt());
        outcome.faults().forEach(fault -> out.println("BROKEN: " + fault));
        if (outcome.faults().isEmpty()) {
            out.println("Nothing was lost, and nothing of QoS 2 arrived twice.");
        }
        out.flush();
    }
}
