package io.godwit.interop.kafka;

import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code interop/kafka-campaign}: the connectors under faults. */
@Command(
        mixinStandardHelpOptions = true,
        name = "kafka-campaign",
        sortOptions = false,
        description = {
            "Publishes numbers at QoS 1 and 2 while Kafka Connect copies them to Kafka, and back to MQTT, and while workers are "
                    + "killed, a third comes and goes, the MQTT broker and Kafka restart, and connections are cut.",
            "Then every number that was acknowledged to its publisher must be in Kafka's topic, and every record must have "
                    + "been published by the sink. Prints tables; Ctrl+C ends the faults early and prints what was found so far."
        },
        footer = {
            "",
            "Exit code: 0 if nothing was lost, 1 if something was, or the campaign could not go on; 2 for a wrong option.",
            "",
            "Examples:",
            "  kafka-campaign                                  100 faults with Mosquitto, 10 to 25 minutes",
            "  kafka-campaign --broker hivemq --faults 20      with HiveMQ CE, which is downloaded by Maven",
            "  kafka-campaign --connector jovacon --faults 20  the same against the connector kafka-connect-mqtt of another",
            "                                                  project, which interop/connector builds; with SOURCES=FOLDER from",
            "                                                  a folder with its sources"
        })
final class KafkaCampaign implements Callable<Integer> {
    private static final int TASKS = 2;
    private static final int PUBLISHERS_OF_EACH_QOS = 2;

    /**
     * How many of the shortest messages one read of 64 KiB brings: a topic such as numbers/qos1/0 and a payload such as
     * qos1-0:1 are 29 bytes on the wire.
     */
    private static final int MESSAGES_OF_ONE_READ = 65_536 / 29;

    /** After so much time without news, what is missing will not come any more. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    @Spec
    private CommandSpec spec;

    @Option(names = "--faults", paramLabel = "N", defaultValue = "100", description = "How many; ${DEFAULT-VALUE}.")
    private int faults;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            defaultValue = "mosquitto",
            description = "${COMPLETION-CANDIDATES}. ${DEFAULT-VALUE} unless given.")
    private CampaignBroker broker;

    @Option(
            names = "--connector",
            paramLabel = "NAME",
            defaultValue = "godwit",
            description = "The source: ${COMPLETION-CANDIDATES}. ${DEFAULT-VALUE} unless given.")
    private CampaignConnector connector;

    @Option(
            names = "--shared",
            negatable = true,
            description =
                    "Whether the tasks share one subscription, or divide the filters. Not with Mosquitto, which forgets "
                            + "shared subscriptions at a restart, and with the other brokers, unless given.")
    private Boolean shared;

    @Option(
            names = "--sink",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Whether Godwit's sink publishes the records again, and they are counted. On with Godwit's source unless --no-sink is given.")
    private boolean sink;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description = "Messages a second of each of the four publishers; ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--receive-maximum",
            paramLabel = "N",
            defaultValue = "100",
            description = "mqtt.receive.maximum of the source; ${DEFAULT-VALUE}.")
    private int receiveMaximum;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "Of the order of the faults and the pauses between them; printed unless given.")
    private Long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes what was found so far as JSON to this file, after each fault and at the end.")
    private Path json;

    private final List<NumberedPublisher> publishers = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;
    private boolean third;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new KafkaCampaign())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof IOException)) {
                        throw failure;
                    }
                    command.getErr().println("kafka-campaign: " + failure.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (faults < 1 || rate < 1 || rate > 10_000 || receiveMaximum < 1 || receiveMaximum > 65_535) {
            throw new ParameterException(
                    spec.commandLine(), "--faults is 1 or more, --rate 1 to 10000, --receive-maximum 1 to 65535");
        }
        if (!broker.isInstalled()) {
            throw new IOException(broker + " is not installed: run interop/install " + broker);
        }
        if (seed == null) {
            seed = ThreadLocalRandom.current().nextLong(100_000);
        }
        if (shared == null) {
            shared = broker.shares;
        }
        sink &= connector == CampaignConnector.GODWIT; // it needs the keys of our records
        Path folder = Files.createTempDirectory("kafka-campaign");
        say("seed " + seed + "; data and logs are in " + folder);
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        boolean good;
        try (ConnectCluster cluster = new ConnectCluster(
                folder, broker, "", connector.plugins(folder), connector.release(), ConnectCluster.START_FAST)) {
            good = run(cluster);
        } finally {
            ended.countDown();
        }
        if (good) {
            delete(folder);
        } else {
            say("data and logs are in " + folder);
        }
        return good ? 0 : 1;
    }

    /** Ctrl+C: no further faults; what runs is ended by the main thread, for which this waits. */
    private void stop() {
        if (ended.getCount() > 0) {
            say("stopping: waits for what was acknowledged, for a minute at most");
            stopping = true;
            try {
                ended.await(3, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean run(ConnectCluster cluster) throws Exception {
        cluster.createTopic(ConnectCluster.TOPIC);
        cluster.startWorker("worker1");
        cluster.startWorker("worker2");
        Map<String, String> source = connector.source(cluster, shared, TASKS, receiveMaximum);
        cluster.rest.put("source", source);
        int tasks = Integer.parseInt(source.get("tasks.max"));
        cluster.awaitTasks("source", tasks);
        if (sink) {
            cluster.rest.put("sink", cluster.sink());
            cluster.awaitTasks("sink", 1);
        }
        say("Kafka, " + broker + ", two workers and " + tasks + " source task(s) are running");
        CampaignReport report = report(tasks);
        try (TopicReader topic =
                        new TopicReader(cluster.kafka.address(), ConnectCluster.TOPIC, ConnectCluster.PARTITIONS);
                ReturnReader returned = new ReturnReader(cluster.broker())) {
            for (Qos qos : List.of(Qos.AT_LEAST_ONCE, Qos.EXACTLY_ONCE)) {
                for (int i = 0; i < PUBLISHERS_OF_EACH_QOS; i++) {
                    publishers.add(new NumberedPublisher("qos" + qos.level() + "-" + i, qos, cluster.broker(), rate));
                }
            }
            boolean whole = inflictAll(cluster, report, topic, returned);
            for (NumberedPublisher publisher : publishers) {
                publisher.finish();
            }
            awaitComplete(cluster, report, topic, returned);
            report.end(
                    !whole
                            ? CampaignReport.State.FAILED
                            : stopping ? CampaignReport.State.STOPPED : CampaignReport.State.COMPLETE);
            write(report);
            PrintWriter out = spec.commandLine().getOut();
            report.print(out);
            return report.isGood();
        } finally {
            publishers.forEach(NumberedPublisher::close);
        }
    }

    private CampaignReport report(int tasks) {
        long bound = (long) tasks * (2L * receiveMaximum + MESSAGES_OF_ONE_READ)
                + (long) PUBLISHERS_OF_EACH_QOS * NumberedPublisher.MOST_WAITING;
        Map<String, Object> conditions = new LinkedHashMap<>();
        conditions.put("broker", broker);
        conditions.put("connector", connector);
        conditions.put("shared", shared);
        conditions.put("tasks", tasks);
        conditions.put("receiveMaximum", receiveMaximum);
        conditions.put("messagesPerSecond", 2 * PUBLISHERS_OF_EACH_QOS * rate);
        conditions.put("seed", seed);
        String title = connector + " with " + broker + ", " + tasks + " task(s), "
                + (shared ? "shared subscription" : "divided filters") + ", seed " + seed;
        return new CampaignReport(title, conditions, faults, bound, sink);
    }

    /** False if the campaign could not go on. */
    private boolean inflictAll(ConnectCluster cluster, CampaignReport report, TopicReader topic, ReturnReader returned)
            throws InterruptedException, IOException {
        Random random = new Random(seed);
        for (Fault fault : Fault.deal(faults, random)) {
            TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2000));
            if (stopping) {
                return true;
            }
            report.count(fault);
            try {
                inflict(cluster, fault, random);
            } catch (IOException e) {
                if (stopping) {
                    return true; // Ctrl+C ends the scripts, too
                }
                say("cannot go on after '" + fault.text + "': " + e.getMessage());
                return false;
            }
            restartFailed(cluster, report);
            long before = report.duplicates;
            update(report, topic, returned);
            report.mostDuplicates = Math.max(report.mostDuplicates, report.duplicates - before);
            say(report.progress(fault));
            write(report);
        }
        return true;
    }

    private void inflict(ConnectCluster cluster, Fault fault, Random random) throws IOException, InterruptedException {
        switch (fault) {
            case CUT -> cluster.proxy.cut();
            case RESET -> cluster.proxy.reset();
            case SILENCE -> {
                cluster.proxy.blackhole();
                Thread.sleep(4000);
                cluster.proxy.cut(); // what was swallowed is lost, as when a route changes
                cluster.proxy.heal();
            }
            case REFUSED -> {
                cluster.proxy.refuse();
                cluster.proxy.cut();
                Thread.sleep(2000);
                cluster.proxy.accept();
            }
            case KILL_WORKER -> {
                String name = random.nextBoolean() ? "worker1" : "worker2";
                cluster.worker(name).kill();
                Thread.sleep(random.nextInt(3000));
                cluster.startWorker(name);
            }
            case THIRD_WORKER -> {
                if (third) {
                    cluster.worker("worker3").stop();
                } else {
                    cluster.startWorker("worker3");
                }
                third = !third;
            }
            case RESTART_BROKER -> cluster.mqtt.restart();
            case RESTART_KAFKA -> cluster.kafka.restart();
            case KILL_KAFKA -> {
                cluster.kafka.kill();
                cluster.kafka.start();
            }
        }
    }

    private void restartFailed(ConnectCluster cluster, CampaignReport report) throws InterruptedException {
        for (String name : sink ? List.of("source", "sink") : List.of("source")) {
            int failed = cluster.rest.failed(name);
            if (failed > 0) {
                report.failedTasks += failed;
                say(cluster.rest.status(name));
                cluster.rest.restartFailed(name);
            }
        }
    }

    private void update(CampaignReport report, TopicReader topic, ReturnReader returned) {
        report.published =
                publishers.stream().mapToLong(NumberedPublisher::published).sum();
        report.acknowledged = ConnectCluster.acknowledged(publishers);
        report.missing = topic.log.missing(report.acknowledged);
        report.records = topic.log.total();
        report.duplicatesByPublisher = topic.log.duplicatesByPublisher();
        report.duplicates = topic.log.duplicates();
        report.longestGapMillis = topic.log.longestGapMillis();
        if (sink) {
            report.notReturned = returned.log.missing(topic.log.seen());
            report.returned = returned.log.total();
            report.returnedDuplicates = returned.log.duplicates();
        }
    }

    /** Waits until nothing is missing, or nothing has come for a while. */
    private void awaitComplete(ConnectCluster cluster, CampaignReport report, TopicReader topic, ReturnReader returned)
            throws InterruptedException {
        long before = report.duplicates;
        long arrived = -1;
        long since = System.nanoTime();
        do {
            TimeUnit.MILLISECONDS.sleep(500);
            restartFailed(cluster, report);
            update(report, topic, returned);
            if (report.records + report.returned != arrived) {
                arrived = report.records + report.returned;
                since = System.nanoTime();
            }
        } while (!(report.missing.isEmpty() && report.notReturned.isEmpty())
                && System.nanoTime() - since < QUIET.toNanos());
        report.mostDuplicates = Math.max(report.mostDuplicates, report.duplicates - before);
    }

    private void write(CampaignReport report) throws IOException {
        if (json != null) {
            report.write(CampaignReport.file(json));
        }
    }

    private void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
