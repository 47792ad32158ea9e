package io.godwit.simulation.kill;

import io.godwit.simulation.broker.BrokerProcess;
import io.godwit.simulation.broker.WorkFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim kill}: real processes. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Kills a client that has its session on disk with SIGKILL, again and again, while it publishes and receives at "
                    + "QoS 1 and 2; a proxy cuts, resets and swallows.",
            "A broker of its own is started, and restarted now and then."
        },
        footer = {"", "Examples:", "  godwit-sim kill --kills 200", "  godwit-sim kill --kills 200 --broker artemis"})
public final class KillCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--kills", paramLabel = "N", defaultValue = "20", description = "How many; ${DEFAULT-VALUE}.")
    private int kills;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            defaultValue = "mosquitto",
            description =
                    "mosquitto, or another of interop/README.md that speaks MQTT 5 and keeps its data; or HOST:PORT of "
                            + "one that runs already, with no old sessions, and is left alone. ${DEFAULT-VALUE} unless given.")
    @SuppressWarnings("NullAway.Init")
    private String broker;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "Of what goes wrong when.")
    private long seed;

    @Override
    public Integer call() throws Exception {
        if (kills < 1 || kills > 100_000) {
            throw new ParameterException(spec.commandLine(), "--kills is 1 to 100000");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (WorkFolder folder = WorkFolder.create("godwit-kill")) {
            KillCampaign.Outcome outcome = run(folder.path());
            report(outcome, out);
            if (outcome.faults().isEmpty()) {
                folder.discard();
            } else {
                out.println("What client wrote is in " + folder.path());
            }
            out.flush();
            return outcome.faults().isEmpty() ? 0 : 1;
        }
    }

    private KillCampaign.Outcome run(Path folder) throws IOException, InterruptedException {
        int colon = broker.lastIndexOf(':');
        try (BrokerProcess own = colon < 0 ? BrokerProcess.start(broker, folder.resolve("broker")) : null;
                ProgressBar bar = new ProgressBarBuilder()
                        .setTaskName("Kills")
                        .setInitialMax(kills)
                        .setStyle(ProgressBarStyle.ASCII)
                        .build()) {
            String host = own != null ? "127.0.0.1" : broker.substring(0, colon);
            int port = own != null ? own.port() : port(broker.substring(colon + 1));
            return new KillCampaign(folder, host, port, own, Excuses.of(broker), seed).run(kills, bar::stepTo);
        }
    }

    private int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65_535) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--broker is a name or HOST:PORT, with a port from 1 to 65535, not '" + broker + "'");
        }
        return Integer.parseInt(text);
    }

    private void report(KillCampaign.Outcome outcome, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%,d kills, %,d restarts of the broker; %,d publishes were accepted, %,d arrived; %,d messages were sent to "
                        + "it, %,d handled, %,d of them again after a kill%n",
                outcome.kills(),
                outcome.restarts(),
                outcome.accepted(),
                outcome.arrived(),
                outcome.offered(),
                outcome.handled(),
                outcome.handledAgain());
        outcome.excused().forEach(fault -> out.println("By " + broker + " itself, see interop/README.md: " + fault));
        outcome.faults().forEach(fault -> out.println("BROKEN: " + fault));
        if (outcome.faults().isEmpty()) {
            out.println("Nothing was lost, and the client sent and handled nothing of QoS 2 twice.");
        }
    }
}
