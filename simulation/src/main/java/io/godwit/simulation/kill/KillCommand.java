package io.godwit.simulation.kill;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim kill}: real processes. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Kills a client that has its session on disk with SIGKILL, again and again, while it publishes and receives at "
                    + "QoS 1 and 2; a proxy cuts, resets and swallows.",
            "Without --broker a Mosquitto of its own is started, and restarted now and then."
        },
        footer = {"", "Example: godwit-sim kill --kills 200"})
public final class KillCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--kills", paramLabel = "N", defaultValue = "20", description = "How many; ${DEFAULT-VALUE}.")
    private int kills;

    @Option(
            names = "--broker",
            paramLabel = "HOST:PORT",
            description = "A broker that speaks MQTT 5, with no old sessions.")
    private @Nullable String address;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "Of what goes wrong when.")
    private long seed;

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("godwit-kill");
        PrintWriter out = spec.commandLine().getOut();
        try (MosquittoProcess mosquitto = address == null ? MosquittoProcess.start(folder.resolve("mosquitto")) : null;
                ProgressBar bar = new ProgressBarBuilder()
                        .setTaskName("Kills")
                        .setInitialMax(kills)
                        .setStyle(ProgressBarStyle.ASCII)
                        .build()) {
            String host = address == null ? "127.0.0.1" : address.substring(0, address.lastIndexOf(':'));
            int port = mosquitto == null
                    ? Integer.parseInt(String.valueOf(address).substring(host.length() + 1))
                    : mosquitto.port();
            KillCampaign.Outcome outcome =
                    new KillCampaign(folder, host, port, mosquitto, seed).run(kills, bar::stepTo);
            bar.close();
            out.printf(
                    "%,d kills; %,d publishes were accepted, %,d arrived; %,d messages were sent to it, %,d handled, %,d "
                            + "of them again after a kill%n",
                    outcome.kills(),
                    outcome.accepted(),
                    outcome.arrived(),
                    outcome.offered(),
                    outcome.handled(),
                    outcome.handledAgain());
            outcome.faults().forEach(fault -> out.println("BROKEN: " + fault));
            out.println(
                    outcome.faults().isEmpty()
                            ? "Nothing was lost, nothing of QoS 2 came twice."
                            : "What the client wrote is in " + folder);
            out.flush();
            return outcome.faults().isEmpty() ? 0 : 1;
        }
    }
}
