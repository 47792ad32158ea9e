package io.godwit.simulation;

import io.godwit.mqtt.client.MqttException;
import io.godwit.simulation.bytes.ByteCommand;
import io.godwit.simulation.damage.DamageCommand;
import io.godwit.simulation.hostile.HostileCommand;
import io.godwit.simulation.kill.KillCommand;
import io.godwit.simulation.rivals.RivalCommand;
import io.godwit.simulation.shortage.ShortageCommand;
import io.godwit.simulation.soak.SoakCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./godwit-sim}: many runs of the simulation, or one again. */
@Command(
        name = "godwit-sim",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {
            KillCommand.class,
            RivalCommand.class,
            SoakCommand.class,
            ByteCommand.class,
            HostileCommand.class,
            ShortageCommand.class,
            DamageCommand.class
        },
        description = {
            "Runs client, session store, network and broker in one thread under a seeded clock, lets them break, and checks "
                    + "that every promise is kept.",
            "A run that breaks a promise is named by its seed."
        },
        footer = {
            "",
            "Examples:",
            "  godwit-sim --runs 1000000          a campaign",
            "  godwit-sim --seed 4807             one run, line by line",
            "  godwit-sim kill --kills 200        real processes and SIGKILL",
            "  godwit-sim rivals --minutes 10     two clients with one identifier",
            "  godwit-sim soak --minutes 30       does anything grow?",
            "  godwit-sim bytes --minutes 10      hostile bytes for the broker",
            "  godwit-sim hostile --minutes 10    a mutating broker for clients",
            "  godwit-sim shortage --minutes 10   no handles, no threads",
            "  godwit-sim damage --trials 200     damaged stores"
        })
public final class SimulationCommand implements Callable<Integer> {
    private static final int SHOWN = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "20000", description = "How many; ${DEFAULT-VALUE}.")
    private long runs;

    @Option(
            names = "--from",
            paramLabel = "SEED",
            defaultValue = "0",
            description = "The first seed; the others follow it. ${DEFAULT-VALUE} unless given.")
    private long from;

    @Option(names = "--seed", paramLabel = "SEED", description = "One run, with all that happens in it.")
    private @Nullable Long seed;

    @Option(names = "--threads", paramLabel = "N", description = "How many at a time; one per processor unless given.")
    private @Nullable Integer threads;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new SimulationCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof IOException || failure instanceof MqttException)) {
                        throw failure;
                    }
                    command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
                    return command.getCommandSpec().exitCodeOnExecutionException();
                })
                .execute(arguments));
    }

    @Override
    public Integer call() {
        if (runs < 1 || threads != null && (threads < 1 || threads > 1_000)) {
            throw new ParameterException(spec.commandLine(), "--runs is 1 or more, --threads 1 to 1000");
        }
        PrintWriter out = spec.commandLine().getOut();
        Simulation simulation = new Simulation(Mutation.NONE);
        if (seed != null) {
            String broken = simulation.run(seed, out::println);
            out.println(broken == null ? "Every promise was kept." : "BROKEN: " + broken);
            out.flush();
            return broken == null ? 0 : 1;
        }
        Map<Long, String> broken = new ConcurrentSkipListMap<>();
        AtomicLong done = new AtomicLong();
        long start = System.nanoTime();
        int parallelism = threads != null ? threads : Runtime.getRuntime().availableProcessors();
        ForkJoinPool pool = new ForkJoinPool(parallelism);
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("Runs")
                .setInitialMax(runs)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .build()) {
            pool.submit(() -> LongStream.range(from, from + runs).parallel().forEach(number -> {
                        String promise = simulation.run(number);
                        if (promise != null) {
                            broken.put(number, promise);
                            if (broken.size() <= SHOWN) {
                                // At once: a campaign that is interrupted has still found it.
                                out.println("\nseed " + number + ": " + promise);
                                out.flush();
                            }
                            bar.setExtraMessage(broken.size() + " broken");
                        }
                        bar.stepTo(done.incrementAndGet());
                    }))
                    .join();
        } finally {
            pool.shutdown();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        out.printf(
                "%,d runs in %d:%02d minutes, %,d broken%n",
                runs, took.toMinutes(), took.toSecondsPart(), broken.size());
        if (!broken.isEmpty()) {
            out.println("See one again with: godwit-sim --seed "
                    + broken.keySet().iterator().next());
        }
        out.flush();
        return broken.isEmpty() ? 0 : 1;
    }
}
