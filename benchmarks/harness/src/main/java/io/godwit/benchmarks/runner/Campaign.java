package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes the runs of a plan one after the other, and shows on one line how far it is. */
final class Campaign {

    /** What a fresh JVM takes before and after its clock runs, in seconds, as measured for the slowest contender. */
    private static final double OVERHEAD_SECONDS = 3;

    private static final double SHORTEST_SECONDS = 0.4;

    private static final double IDLE_SECONDS_PER_CONNECTION = 0.001;

    /** The outage, and what most libraries take to be back. */
    private static final double STORM_SECONDS = 10;

    private final Options options;

    Campaign(Options options) {
        this.options = options;
    }

    Results run() throws IOException, InterruptedException {
        List<Plan.Run> runs = options.plan().runs();
        Map<String, String> leftOut = Peers.missingFor(options.plan().scenarios());
        leftOut.forEach((scenario, why) -> System.err.println("Left out: " + scenario + ", because " + why + "."));
        runs.removeIf(run -> leftOut.containsKey(run.scenario().name()));
        double timed = timedSeconds(runs);
        long warmup = options.seconds() == 0 ? options.warmupMillis() : Math.round(timed * 500);
        long measure = options.seconds() == 0 ? options.measureMillis() : Math.round(timed * 500);
        Results results = new Results(options, warmup, measure, leftOut);
        String settings = String.format(
                Locale.ROOT,
                "warmup=%d measure=%d connections=%d java=%s",
                warmup,
                measure,
                options.connections(),
                options.java());
        RunLog log = options.resume() ? RunLog.resume(options.out(), settings) : RunLog.begin(options.out(), settings);
        Path directory = Files.createTempDirectory("godwit-benchmarks");
        long begin = System.nanoTime();
        try (Peers peers = new Peers(options.java(), directory)) {
            Launch launch = new Launch(options, peers, directory, warmup, measure);
            int done = 0;
            for (Plan.Run run : runs) {
                Result known = log.resultOf(run);
                if (known != null) {
                    results.add(run, known);
                    done++;
                    continue;
                }
                progress(run, done++, runs.size(), begin);
                try {
                    Result result = launch.run(run);
                    results.add(run, result);
                    log.add(run, result);
                } catch (IOException | RuntimeException e) {
                    // one contender, or the peer, has failed: the others still have their turn
                    results.addFailure(run, String.valueOf(e.getMessage()));
                    log.addFailure(run, String.valueOf(e.getMessage()));
                }
            }
            System.err.printf("\r%-100s%n", runs.size() + " runs in " + elapsed(begin));
        } finally {
            Folders.delete(directory);
        }
        return results;
    }

    /** How long warm-up and measurement of a run may take together for the campaign to take as long as was asked. */
    private double timedSeconds(List<Plan.Run> runs) {
        double fixed = 0;
        int variable = 0;
        for (Plan.Run run : runs) {
            Kind kind = run.scenario().kind();
            fixed += OVERHEAD_SECONDS;
            if (kind == Kind.IDLE) {
                fixed += options.connections() * IDLE_SECONDS_PER_CONNECTION;
            } else if (kind == Kind.STORM) {
                fixed += STORM_SECONDS;
            } else if (kind != Kind.FIRST_PUBACK) {
                variable++;
            }
        }
        return Math.max(SHORTEST_SECONDS, (options.seconds() - fixed) / Math.max(1, variable));
    }

    private static void progress(Plan.Run run, int done, int all, long begin) {
        String text = String.format(
                Locale.ROOT,
                "[%d/%d, %s] round %d: %s, %s",
                done + 1,
                all,
                elapsed(begin),
                run.round() + 1,
                run.scenario().name(),
                run.contender().name());
        // A log is not a terminal: there each run gets a line of its own.
        System.err.printf(System.console() == null ? "%s%n" : "\r%-100s", text);
    }

    private static String elapsed(long begin) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
        return String.format(Locale.ROOT, "%d:%02d", elapsed.toMinutes(), elapsed.toSecondsPart());
    }
}
