package io.godwit.cli;

import io.godwit.cli.bench.BenchPlan;
import io.godwit.cli.bench.BenchResult;
import io.godwit.cli.bench.CsvReport;
import io.godwit.cli.bench.DeviceRun;
import io.godwit.cli.bench.HtmlReport;
import io.godwit.cli.bench.JsonReport;
import io.godwit.cli.bench.LiveLine;
import io.godwit.cli.bench.MachineLimits;
import io.godwit.cli.bench.TextReport;
import io.godwit.cli.options.DurationOption;
import io.godwit.cli.options.Durations;
import io.godwit.cli.options.JsonOption;
import io.godwit.cli.options.MetricsOption;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.simulate.Simulation;
import io.godwit.cli.statistics.ClientGroup;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Simulates devices that have no script. */
@Command(
        name = "simulate",
        sortOptions = false,
        customSynopsis = "godwit simulate [OPTIONS] FILE",
        description = {
            "Simulate devices that a YAML file describes, or that a recording of godwit record has.",
            "The report is that of godwit bench. docs/simulate.md describes the file."
        },
        exitCodeList = {"7:messages failed or were not acknowledged"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit simulate fleet.yaml -h test.example --count 1000 --ramp 30s --duration 10m",
            "  godwit simulate day.jsonl -h 127.0.0.1 --count 50      a recording, by fifty devices",
            "  godwit simulate fleet.yaml --report out.html"
        })
final class SimulateCommand extends ClientCommand {
    private static final Duration LIMIT_WHEN_INTERRUPTED = Duration.ofSeconds(15);

    @Parameters(paramLabel = "FILE", description = "A YAML file, or a recording that ends in .jsonl.")
    private Path file = Path.of("fleet.yaml");

    @Option(names = "--count", paramLabel = "N", description = "Number of devices. [the file's]")
    private @Nullable Integer count;

    @Option(
            names = "--ramp",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Connect the devices over this time. [the file's, or as fast as possible]")
    private @Nullable Duration ramp;

    @Mixin
    private DurationOption duration =
            new DurationOption("How long to run after all have connected. [the file's, or until Ctrl-C]");

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report with plots, as HTML.")
    private @Nullable Path report;

    @Mixin
    private JsonOption json = new JsonOption("Print the result as JSON.");

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Option(names = "--csv", paramLabel = "FILE", description = "Write the timeline as CSV.")
    private @Nullable Path csv;

    SimulateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public Integer call() throws Exception {
        if (count != null && count < 1) {
            throw new IllegalArgumentException("--count " + count + ": 1 or more");
        }
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("cannot read '" + file + "': no such file");
        }
        checkWritable(report);
        checkWritable(csv);
        Simulation simulation = Simulation.read(file, count, ramp, duration.get());
        BenchPlan plan = simulation.benchPlan(
                connection().servers().stream()
                        .map(ServerAddress::withoutCredentials)
                        .map(ServerAddress::toString)
                        .collect(Collectors.joining(", ")),
                connection().version());
        MachineLimits.check(plan);
        if (simulation.hasUsers()) {
            connection().ownUsers();
        }
        Transport shared = tap();
        ClientGroup clients = new ClientGroup("simulate");
        LiveLine live = new LiveLine(terminal(), plan, connection().isQuiet());
        DeviceRun run = simulation.start(
                plan,
                shared,
                connection().transportOptions(),
                own -> metrics.port() == null
                        ? connection().builder(own)
                        : connection().builder(own).listener(clients),
                live);
        CountDownLatch reported = new CountDownLatch(1);
        try (LiveStatistics page = LiveStatistics.start(metrics, terminal(), clients);
                ShutdownHook interruption = new ShutdownHook(() -> {
                    run.stop();
                    await(reported);
                })) {
            BenchResult result = run.run();
            live.end();
            report(result);
            return simulation.exitCode(result);
        } finally {
            live.end();
            reported.countDown();
            transport().close();
        }
    }

    private void report(BenchResult result) throws IOException {
        if (json.isOn()) {
            terminal().line(JsonReport.of(result));
        } else {
            TextReport.print(terminal(), result);
        }
        if (csv != null) {
            Files.writeString(csv, CsvReport.of(result));
        }
        if (report != null) {
            Files.writeString(report, HtmlReport.of(result, Version.lines()));
            note("the report is in " + report);
        }
    }

    private static void await(CountDownLatch reported) {
        try {
            reported.await(LIMIT_WHEN_INTERRUPTED.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
