package io.godwit.cli;

import io.godwit.cli.bench.BenchPlan;
import io.godwit.cli.bench.BenchResult;
import io.godwit.cli.bench.BenchRun;
import io.godwit.cli.bench.CsvReport;
import io.godwit.cli.bench.HtmlReport;
import io.godwit.cli.bench.JsonReport;
import io.godwit.cli.bench.LiveLine;
import io.godwit.cli.bench.MachineLimits;
import io.godwit.cli.bench.PayloadSizes;
import io.godwit.cli.bench.Sources;
import io.godwit.cli.bench.TextReport;
import io.godwit.cli.bench.Topics;
import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts a load on a broker and tells what came of it. */
@Command(
        name = "bench",
        sortOptions = false,
        description = {"Load a broker and measure it: throughput, latency, what is lost, double or out of order."},
        exitCodeList = {
            "7:messages failed or were not acknowledged",
            "8:the broker refused a subscription",
            "9:messages were lost, double or out of order",
            "27:a subscription was not answered in time"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit bench -h test.example                        one publisher, one subscriber, as fast as it goes",
            "  godwit bench --publishers 100 --rate 10 -q 1        a hundred devices, ten messages a second each",
            "  godwit bench --publishers 8 --topics each --subscribers 8 --size 64-4k --report out.html",
            "  godwit bench -V 5 --publishers 4 --subscribers 4 --share workers",
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
            order = -50,
            description = "Connections that publish. [1; 0 with --connections alone]")
    private @Nullable Integer publishers;

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            order = -49,
            description = "Connections that subscribe. [1; 0 with --connections alone]")
    private @Nullable Integer subscribers;

    @Option(
            names = "--connections",
            paramLabel = "N",
            order = -48,
            description = "Connections in all; those beyond publishers and subscribers are idle.")
    private @Nullable Integer connections;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            order = -47,
            description = "The topic, or what the topics begin with. [made up]")
    private @Nullable String topic;

    @Option(
            names = "--topics",
            paramLabel = "HOW",
            order = -46,
            description = {
                "one: all publishers and subscribers share one topic;",
                "each: a topic for each publisher, dealt out to the subscribers;",
                "all: a topic for each publisher, all to each subscriber. [one]"
            })
    private Topics topics = Topics.one;

    @Option(
            names = "--share",
            paramLabel = "NAME",
            order = -45,
            description = "Subscribe as members of this shared subscription, MQTT 5.")
    private @Nullable String shareName;

    // ---- what ----

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -44,
            description = "Quality of service: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = "--subscribe-qos",
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -43,
            description = "The highest QoS to receive with. [as --qos]")
    private @Nullable Qos subscribeQos;

    @Option(
            names = {"-s", "--size"},
            paramLabel = "BYTES",
            order = -42,
            description = "Payload size: 256, 4k, 1M, or a range such as 64-4k. [64]")
    private String size = "64";

    @Option(
            names = {"-r", "--retain"},
            order = -41,
            description = "The broker keeps the messages.")
    private boolean retain;

    @Option(
            names = "--rate",
            paramLabel = "N",
            order = -40,
            description = "Messages a second of each publisher. [as fast as it goes]")
    private double rate;

    @Option(
            names = "--total-rate",
            paramLabel = "N",
            order = -39,
            description = "The same for all publishers together.")
    private double totalRate;

    @Option(
            names = {"-M", "--max-inflight"},
            paramLabel = "N",
            order = -38,
            description = "Unacknowledged messages of each publisher at most. [100; 20 at QoS 2]")
    private @Nullable Integer inFlight;

    // ---- how long ----

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Durations.class,
            order = -37,
            description = "How long to measure: seconds, or 90s, 10m. [10s, without -C]")
    private @Nullable Duration duration;

    @Option(
            names = {"-C", "--count"},
            paramLabel = "N",
            order = -36,
            description = "End after so many messages of all publishers.")
    private long count;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = Durations.class,
            order = -35,
            description = "Load that is not measured before. [1s; 0 with -C, or without publishers]")
    private @Nullable Duration warmUp;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = Durations.class,
            order = -34,
            description = "How long to wait for what is missing. [10s; 2s at QoS 0]")
    private @Nullable Duration drain;

    // ---- connecting ----

    @Option(
            names = "--ramp",
            paramLabel = "N",
            order = -33,
            description = "Connections made a second. [as fast as it goes]")
    private double ramp;

    @Option(
            names = "--connecting",
            paramLabel = "N",
            order = -32,
            description = "Connections under way at a time at most. [100]")
    private int connecting = 100;

    @Option(
            names = "--sources",
            paramLabel = "ADDRESSES",
            order = -31,
            description = "Connect from these addresses in turn: 127.0.0.2-127.0.0.9")
    private @Nullable String sources;

    // ---- telling ----

    @Option(names = "--report", paramLabel = "FILE", order = -30, description = "Write a report with plots, as HTML.")
    private @Nullable Path report;

    @Option(names = "--json", order = -29, description = "Print the result as JSON.")
    private boolean json;

    @Option(names = "--csv", paramLabel = "FILE", order = -28, description = "Write how it went over time.")
    private @Nullable Path csv;

    BenchCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        BenchPlan plan = plan();
        MachineLimits.check(plan);
        checkWritable(report);
        checkWritable(csv);
        MqttClientBuilder builder = connection().builder(tap());
        LiveLine live = new LiveLine(terminal(), plan, connection().isQuiet());
        BenchRun run = new BenchRun(plan, builder, connection().road(), live);
        CountDownLatch told = new CountDownLatch(1);
        try (ShutdownHook interruption = new ShutdownHook(() -> {
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
        }
    }

    private BenchPlan plan() {
        boolean idleOnly = connections != null && publishers == null && subscribers == null;
        int publishing = publishers != null ? publishers : idleOnly ? 0 : 1;
        int subscribing = subscribers != null ? subscribers : idleOnly ? 0 : 1;
        String name = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x100000, 0x1000000));
        String id = connection().clientId();
        String inUrl = connection().topicOfUrl();
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
                topic != null ? topic : inUrl != null ? inUrl : "godwit-bench/" + name,
                shareName,
                qos,
                subscribeQos != null ? subscribeQos : qos,
                PayloadSizes.parse(size),
                retain,
                connection().properties(Property.Carrier.PUBLISH),
                totalRate > 0 ? totalRate / Math.max(1, publishing) : Math.max(rate, totalRate),
                inFlight != null ? inFlight : qos == Qos.EXACTLY_ONCE ? QOS_2_IN_FLIGHT : IN_FLIGHT,
                ramp,
                connecting,
                warmUp != null ? warmUp : count > 0 || publishing == 0 ? Duration.ZERO : Duration.ofSeconds(1),
                duration == null && count == 0 ? Duration.ofSeconds(10) : duration,
                count,
                drain != null ? drain : Duration.ofSeconds(qos == Qos.AT_MOST_ONCE ? 2 : 10),
                sources == null ? Sources.ANY : Sources.parse(sources));
    }

    /** Better now than after the run. */
    private static void checkWritable(@Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (file != null && (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file))) {
            throw new IllegalArgumentException("'" + file + "' cannot be written: there is no folder " + folder);
        }
    }

    private void tell(BenchResult result) throws IOException {
        if (report != null) {
            Files.writeString(report, HtmlReport.of(result, Version.lines()));
        }
        if (csv != null) {
            Files.writeString(csv, CsvReport.of(result));
        }
        if (json) {
            terminal().line(JsonReport.of(result));
        } else {
            TextReport.print(terminal(), result);
        }
        if (report != null) {
            remark("the report is in " + report);
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
