package io.godwit.cli;

import io.godwit.cli.bench.BenchClients;
import io.godwit.cli.bench.BenchPlan;
import io.godwit.cli.bench.BenchResult;
import io.godwit.cli.bench.BenchRun;
import io.godwit.cli.bench.Comparison;
import io.godwit.cli.bench.Contents;
import io.godwit.cli.bench.CsvReport;
import io.godwit.cli.bench.Disturbance;
import io.godwit.cli.bench.HtmlReport;
import io.godwit.cli.bench.JsonReport;
import io.godwit.cli.bench.LiveLine;
import io.godwit.cli.bench.MachineLimits;
import io.godwit.cli.bench.PayloadSizes;
import io.godwit.cli.bench.Sources;
import io.godwit.cli.bench.TextReport;
import io.godwit.cli.bench.Topics;
import io.godwit.cli.fleet.Identities;
import io.godwit.cli.options.Candidates;
import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.DurationOption;
import io.godwit.cli.options.Durations;
import io.godwit.cli.options.InFlightOption;
import io.godwit.cli.options.JsonOption;
import io.godwit.cli.options.MetricsOption;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.RetainOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.statistics.ClientGroup;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Loads a broker and reports the measurements. */
@Command(
        name = "bench",
        sortOptions = false,
        customSynopsis = "godwit bench [OPTIONS]",
        description = {"Load a broker and measure throughput, latency, lost, duplicate and reordered messages."},
        exitCodeList = {
            "7:messages failed or were not acknowledged",
            "8:the broker rejected a subscription",
            "9:messages were lost, duplicated or out of order",
            "27:a subscription was not answered in time"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit bench -h test.example                        one publisher, one subscriber, as fast as possible",
            "  godwit bench --publishers 100 --rate 10 -q 1        a hundred devices, ten messages a second each",
            "  godwit bench --publishers 8 --topics each --subscribers 8 --size 64-4k --report out.html",
            "  godwit bench -V 5 --publishers 4 --subscribers 4 --share workers",
            "  godwit bench --rate 10 -m '{\"id\":\"{{client}}\",\"t\":{{random 18 25}}}' --identities devices.csv",
            "  godwit bench --connections 1000 --rate 10 -q 1 --churn 20      reconnects while it is under load",
            "  godwit bench --connections 10000 --ramp 2000 --sources 127.0.0.2-127.0.0.9 --duration 1m",
            "  godwit bench --publishers 4 --subscribers 0 -t load -C 100000 -q 1    only publish",
            "  godwit bench --publishers 0 --subscribers 1 -t 'load/#' -C 100000     only count what comes"
        })
final class BenchCommand extends ClientCommand {
    private static final Duration PATIENCE_WHEN_INTERRUPTED = Duration.ofSeconds(15);

    private static final int IN_FLIGHT = 100;
    /** Mosquitto, unless configured, loses what is in flight beyond it, or ends the connection. */
    private static final int QOS_2_IN_FLIGHT = 20;

    // ---- who ----

    @Option(
            names = "--publishers",
            paramLabel = "N",
            description = "Connections that publish. [1; 0 with --connections alone]")
    private @Nullable Integer publishers;

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            description = "Connections that subscribe. [1; 0 with --connections alone]")
    private @Nullable Integer subscribers;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections in all; those beyond publishers and subscribers are idle.")
    private @Nullable Integer connections;

    @Mixin
    private TopicOption topic = new TopicOption("The topic, or what the topics begin with. [generated]");

    @Option(
            names = "--topics",
            paramLabel = "HOW",
            description = {
                "one: all publishers and subscribers share one topic;",
                "each: a topic for each publisher, distributed over the subscribers;",
                "all: a topic for each publisher, all to each subscriber. [one]"
            })
    private Topics topics = Topics.one;

    @Option(
            names = "--share",
            paramLabel = "NAME",
            description = "Subscribe as members of this shared subscription, MQTT 5.")
    private @Nullable String shareName;

    // ---- what ----

    @Mixin
    private QosOption qos = new QosOption("Quality of service: 0, 1 or 2. [0]");

    @Option(
            names = "--subscribe-qos",
            paramLabel = "QOS",
            completionCandidates = Candidates.ZeroToTwo.class,
            converter = QosConverter.class,
            description = "The highest QoS to receive with. [as --qos]")
    private @Nullable Qos subscribeQos;

    @Option(
            names = {"-s", "--size"},
            paramLabel = "BYTES",
            description = "Payload size: 256, 4k, 1M, or a range such as 64-4k. [64]")
    private @Nullable String size;

    @ArgGroup
    private @Nullable Own own;

    /** Payloads of the user's own. */
    static final class Own {
        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = {
                    "The payload, with values for each message: {{client}} {{i}} {{now}} {{random 0 100}}",
                    "and others, see docs/bench.md. [random bytes]"
                })
        private @Nullable String text;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = {
                    "The payload is this file; of a folder its files in turn,",
                    "of a recording (.jsonl) its payloads in turn."
                })
        private @Nullable Path file;
    }

    @Mixin
    private RetainOption retain = new RetainOption("Publish retained messages.");

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages per second of each publisher. [as fast as possible]")
    private double rate;

    @Option(names = "--total-rate", paramLabel = "N", description = "Messages per second of all publishers together.")
    private double totalRate;

    @Mixin
    private InFlightOption inFlight =
            new InFlightOption("Unacknowledged messages of each publisher at most. [100; 20 at QoS 2]");

    // ---- how long ----

    @Mixin
    private DurationOption duration =
            new DurationOption("How long to measure: seconds, or 90s, 10m. [10s, without -C]");

    @Mixin
    private CountOption count = new CountOption("End after N messages from all publishers together.");

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Duration of the load before measuring. [1s; 0 with -C, or without publishers]")
    private @Nullable Duration warmUp;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long to wait for missing messages. [10s; 2s at QoS 0]")
    private @Nullable Duration drain;

    // ---- connecting ----

    @Option(names = "--ramp", paramLabel = "N", description = "Connections per second. [as fast as possible]")
    private double ramp;

    @Option(names = "--connecting", paramLabel = "N", description = "Maximum concurrent connection attempts. [100]")
    private int connecting = 100;

    @Option(
            names = "--sources",
            paramLabel = "ADDRESSES",
            description = "Connect from these addresses in turn: 127.0.0.2-127.0.0.9")
    private @Nullable String sources;

    @Option(
            names = "--identities",
            paramLabel = "FILE",
            description =
                    "A CSV file with a row for each connection: id, user, password; other columns are values of -m.")
    private @Nullable Path identities;

    @Option(
            names = "--spread",
            description = "Divide the connections among the brokers of -h instead of trying those in order.")
    private boolean spread;

    // ---- disturbing ----

    @Option(names = "--churn", paramLabel = "N", description = "Cut N connections a second, at random; they reconnect.")
    private double churn;

    @Option(
            names = "--storm",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Cut all connections at once each time this has passed; they reconnect.")
    private @Nullable Duration storm;

    // ---- telling ----

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report with plots, as HTML.")
    private @Nullable Path report;

    @Mixin
    private JsonOption json = new JsonOption("Print the result as JSON.");

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "FILE",
            description = "Load nothing: compare two results of --json.")
    private List<Path> compared = new ArrayList<>();

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Option(names = "--csv", paramLabel = "FILE", description = "Write the timeline as CSV.")
    private @Nullable Path csv;

    BenchCommand(Terminal terminal) {
        super(terminal);
    }

    /** A load needs more than one event loop. */
    @Override
    int threads() {
        return Math.min(Runtime.getRuntime().availableProcessors(), 4);
    }

    @Override
    public Integer call() throws Exception {
        if (!compared.isEmpty()) {
            return Comparison.of(compared.get(0), compared.get(1)).stream().allMatch(terminal()::line)
                    ? ExitCodes.OK
                    : ExitCodes.OUTPUT_CLOSED;
        }
        List<Map<String, String>> rows = identities == null ? List.of() : Identities.read(identities);
        BenchPlan plan = plan(rows.isEmpty() ? Set.of() : rows.get(0).keySet());
        MachineLimits.check(plan);
        if (!rows.isEmpty() && rows.get(0).containsKey("user")) {
            connection().ownUsers();
        }
        checkWritable(report);
        checkWritable(csv);
        Transport transport = tap();
        MqttClientBuilder builder = connection().builder(transport);
        ClientGroup clients = new ClientGroup(plan.clientIds());
        if (metrics.port() != null) {
            builder.listener(clients);
        }
        LiveLine live = new LiveLine(terminal(), plan, connection().isQuiet());
        BenchRun run = new BenchRun(
                plan,
                new BenchClients(builder, connection().transportOptions(), transport, rows, spread),
                connection().servers(),
                live);
        CountDownLatch told = new CountDownLatch(1);
        try (LiveStatistics page = LiveStatistics.start(metrics, terminal(), clients);
                ShutdownHook interruption = new ShutdownHook(() -> {
                    run.stop();
                    await(told);
                })) {
            BenchResult result = run.run();
            live.end();
            tell(result);
            return result.verdict().exitCode();
        } finally {
            live.end();
            told.countDown();
            transport().close();
        }
    }

    private @Nullable Contents contents(Set<String> columns) {
        Own given = own;
        if (given == null) {
            return null;
        }
        if (size != null) {
            throw new IllegalArgumentException("--size is for random bytes: omit it with -m and -f");
        }
        return given.text != null
                ? Contents.template(given.text, columns)
                : Contents.file(Objects.requireNonNull(given.file));
    }

    private BenchPlan plan(Set<String> columns) {
        Contents contents = contents(columns);
        boolean idleOnly = connections != null && publishers == null && subscribers == null;
        int publishing = publishers != null ? publishers : idleOnly ? 0 : 1;
        int subscribing = subscribers != null ? subscribers : idleOnly ? 0 : 1;
        String name = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x100000, 0x1000000));
        String id = connection().clientId();
        long most = count.or(0);
        Qos level = qos.or(Qos.AT_MOST_ONCE);
        String inUrl = connection().topicOfUrl();
        if (rate < 0 || totalRate < 0) {
            throw new IllegalArgumentException("--rate and --total-rate must not be negative");
        }
        if (rate != 0 && totalRate != 0) {
            throw new IllegalArgumentException("--rate is for each publisher, --total-rate for all: give one of them");
        }
        return new BenchPlan(
                connection().servers().stream()
                        .map(ServerAddress::withoutCredentials)
                        .map(ServerAddress::toString)
                        .collect(Collectors.joining(", ")),
                connection().version(),
                id != null ? id : "bench-" + name,
                publishing,
                subscribing,
                connections == null ? 0 : connections - publishing - subscribing,
                topics,
                topic.last() != null ? topic.last() : inUrl != null ? inUrl : "godwit-bench/" + name,
                shareName,
                level,
                subscribeQos != null ? subscribeQos : level,
                contents != null ? contents.sizes() : PayloadSizes.parse(size == null ? "64" : size),
                retain.isOn(),
                connection().properties(Property.Location.PUBLISH),
                totalRate > 0 ? totalRate / Math.max(1, publishing) : Math.max(rate, totalRate),
                inFlight.or(level == Qos.EXACTLY_ONCE ? QOS_2_IN_FLIGHT : IN_FLIGHT),
                ramp,
                connecting,
                warmUp != null ? warmUp : most > 0 || publishing == 0 ? Duration.ZERO : Duration.ofSeconds(1),
                duration.get() == null && most == 0 ? Duration.ofSeconds(10) : duration.get(),
                most,
                drain != null ? drain : Duration.ofSeconds(level == Qos.AT_MOST_ONCE ? 2 : 10),
                sources == null ? Sources.ANY : Sources.parse(sources),
                contents,
                new Disturbance(churn, storm, connection().keepsSession()));
    }

    private void tell(BenchResult result) throws IOException {
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

    private static void await(CountDownLatch told) {
        try {
            told.await(PATIENCE_WHEN_INTERRUPTED.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
