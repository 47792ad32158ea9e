package io.godwit.simulation.soak;

import io.godwit.simulation.broker.BrokerProcess;
import io.godwit.simulation.broker.WorkFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim soak}: does anything grow? */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets one client with its session on disk publish to itself at QoS 0, 1 and 2, at a bounded rate, for a long "
                    + "time, through a real broker and a connection that breaks every few seconds. Measures heap after a "
                    + "collection, buffers, resident memory, threads and files.",
            "Fails when something is lost or comes twice, and, from 10 minutes on, when something grows."
        },
        footer = {"", "Example: godwit-sim soak --minutes 30 --out docs"})
public final class SoakCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "30", description = "How long; ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "150",
            description = "Messages a second, of all levels of QoS together; ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            defaultValue = "mosquitto",
            description = "A broker of interop/README.md that speaks MQTT 5 and keeps its data; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String broker;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Writes soak.csv and soak.svg there.")
    private @Nullable Path out;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "Of what goes wrong when.")
    private long seed;

    @Override
    public Integer call() throws Exception {
        if (rate < 1 || rate > 100_000 || !(minutes > 0 && minutes <= 10_000)) {
            throw new ParameterException(
                    spec.commandLine(), "--rate is 1 to 100000 a second, --minutes more than 0 and at most 10000");
        }
        PrintWriter print = spec.commandLine().getOut();
        try (WorkFolder folder = WorkFolder.create("godwit-soak")) {
            Soak.Outcome outcome = run(folder.path());
            report(outcome, print);
            if (out != null) {
                write(outcome, out);
            }
            if (outcome.faults().isEmpty()) {
                folder.discard();
            } else {
                print.println("What broker and store wrote is in " + folder.path());
            }
            print.flush();
            return outcome.faults().isEmpty() ? 0 : 1;
        }
    }

    private Soak.Outcome run(Path folder) throws IOException, InterruptedException {
        Duration time = time();
        try (BrokerProcess process = BrokerProcess.start(broker, folder.resolve("broker"));
                ProgressBar bar = new ProgressBarBuilder()
                        .setTaskName("Seconds")
                        .setInitialMax(time.toSeconds())
                        .setStyle(ProgressBarStyle.ASCII)
                        .build()) {
            return new Soak(folder.resolve("state"), "127.0.0.1", process.port(), rate, seed)
                    .run(time, sample -> bar.stepTo((long) sample.seconds()));
        }
    }

    private Duration time() {
        return Duration.ofMillis((long) (minutes * 60_000));
    }

    private void report(Soak.Outcome outcome, PrintWriter print) {
        List<Sample> samples = outcome.samples();
        if (!samples.isEmpty()) {
            Sample first = samples.get(samples.size() / 5);
            Sample last = samples.get(samples.size() - 1);
            print.printf(
                    Locale.ROOT,
                    "%,d publishes acknowledged, %,d messages handled, %,d connections%n",
                    last.published(),
                    last.received(),
                    last.connections());
            print.printf(
                    Locale.ROOT,
                    "From %.0f s to %.0f s: heap %.1f to %.1f MB, resident %d to %d MB, threads %d to %d, files %d to %d%n",
                    first.seconds(),
                    last.seconds(),
                    first.heap() / 1048576.0,
                    last.heap() / 1048576.0,
                    first.resident() >> 20,
                    last.resident() >> 20,
                    first.threads(),
                    last.threads(),
                    first.files(),
                    last.files());
        }
        outcome.faults().forEach(fault -> print.println("BROKEN: " + fault));
        if (outcome.faults().isEmpty()) {
            print.println("Nothing was lost, nothing of QoS 2 came twice; "
                    + (time().compareTo(Soak.SETTLED) < 0
                            ? "whether anything grows shows from " + Soak.SETTLED.toMinutes() + " minutes on."
                            : "nothing grew."));
        }
    }

    private void write(Soak.Outcome outcome, Path to) throws IOException {
        if (outcome.samples().isEmpty()) {
            return;
        }
        Files.createDirectories(to);
        Files.write(
                to.resolve("soak.csv"),
                Stream.concat(Stream.of(Sample.HEAD), outcome.samples().stream().map(Sample::line))
                        .toList());
        String title = String.format(
                Locale.ROOT,
                "Soak: %d messages a second through %s, connections that break, session on disk",
                rate,
                broker);
        Files.writeString(to.resolve("soak.svg"), SoakPlots.of(outcome.samples(), title));
    }
}
