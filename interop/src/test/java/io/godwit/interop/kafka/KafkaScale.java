package io.godwit.interop.kafka;

import io.godwit.mqtt.protocol.Qos;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code interop/kafka-scale}: what the source does a second, and what that costs. */
@Command(
        mixinStandardHelpOptions = true,
        name = "kafka-scale",
        sortOptions = false,
        description = {
            "Measures how many messages a second go from Mosquitto to Kafka, and what they cost, by tasks, workers and window, "
                    + "next to a program that is written by hand with Paho and a producer.",
            "Broker, Kafka, workers and publishers share this machine: the cost for each message says more than the rate. The "
                    + "last column is what other processes used meanwhile. Each row is printed when it is measured."
        },
        footer = {
            "",
            "Examples:",
            "  kafka-scale                                          all rows, about ten minutes",
            "  kafka-scale --workers 1 --tasks 4 --windows 1000     one row of each program",
            "  kafka-scale --programs by-hand"
        })
final class KafkaScale implements Callable<Integer> {
    private static final int PUBLISHERS = 4;
    /** So many messages may wait at the broker; more would only take time to drain. */
    private static final int BACKLOG = 10_000;

    private static final int DRAIN_SECONDS = 60;

    /** What is measured. */
    private enum Program {
        CONNECTOR("Godwit's connector"),
        BY_HAND("Paho and a producer");

        final String title;

        Program(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long each row is measured; ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "8",
            description = "Seconds before that in each row, not counted; ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--tasks",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4",
            description = "Numbers of tasks, or of clients of the other program; ${DEFAULT-VALUE}.")
    private List<Integer> tasks;

    @Option(
            names = "--workers",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2",
            description = "Numbers of workers; ${DEFAULT-VALUE}.")
    private List<Integer> workers;

    @Option(
            names = "--windows",
            split = ",",
            paramLabel = "N",
            defaultValue = "20,1000",
            description = "mqtt.receive.maximum; 20 is Mosquitto's default. ${DEFAULT-VALUE}.")
    private List<Integer> windows;

    @Option(
            names = "--programs",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "connector,by-hand",
            description = "${COMPLETION-CANDIDATES}. Both unless given.")
    private List<Program> programs;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes the rows as JSON to this file, after each of them.")
    private Path json;

    private final List<Map<String, Object>> rows = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;
    private ConnectCluster cluster;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new KafkaScale())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(
                        Program.class,
                        text -> Program.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_')))
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        boolean valid = Stream.of(tasks, workers, windows).flatMap(List::stream).allMatch(each -> each >= 1);
        if (!valid || seconds < 1 || warmUp < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds, --tasks, --workers and --windows are 1 or more, --warm-up 0 or more");
        }
        if (!CampaignBroker.MOSQUITTO.isInstalled()) {
            spec.commandLine().getErr().println("mosquitto is not installed: run interop/install mosquitto");
            return 1;
        }
        Path folder = Files.createTempDirectory("kafka-scale");
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        print("| program | tasks | workers | window | messages/s | CPU for each message | memory | CPU of others |");
        print("|---|---|---|---|---|---|---|---|");
        try (ConnectCluster started = new ConnectCluster(
                folder, CampaignBroker.MOSQUITTO, "", PluginFolder.create(folder), ConnectCluster.SAME_RELEASE, "")) {
            cluster = started;
            if (programs.contains(Program.CONNECTOR)) {
                connectors();
            }
            if (programs.contains(Program.BY_HAND)) {
                byHand();
            }
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /** Ctrl+C: the row that is being measured is the last; the main thread ends what runs. */
    private void stop() {
        stopping = true;
        try {
            ended.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connectors() throws Exception {
        for (int count : workers) {
            List<ServerScript> running = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                running.add(cluster.startWorker("worker" + i));
            }
            // The compiler works most in a process's first seconds; this row is not printed.
            connector(4, 1000, running, false);
            for (int window : windows) {
                for (int number : tasks) {
                    connector(number, window, running, true);
                }
            }
            for (ServerScript worker : running) {
                worker.stop();
            }
        }
    }

    private void byHand() throws Exception {
        for (int window : windows) {
            for (int number : tasks) {
                if (!stopping) {
                    paho(number, window);
                }
            }
        }
    }

    private void connector(int number, int window, List<ServerScript> running, boolean counts) throws Exception {
        if (stopping) {
            return;
        }
        String name = "source-" + number + "-" + window + "-" + running.size() + (counts ? "" : "-first");
        cluster.createTopic(name);
        cluster.rest.put(
                name,
                cluster.source(
                        name,
                        "tasks.max",
                        String.valueOf(number),
                        "mqtt.server.uri",
                        cluster.broker(),
                        "mqtt.keepalive.interval.seconds",
                        "60",
                        "mqtt.qos",
                        "1",
                        "mqtt.receive.maximum",
                        String.valueOf(window)));
        cluster.awaitTasks(name, number);
        List<Long> pids = new ArrayList<>();
        for (ServerScript worker : running) {
            pids.add(worker.pid());
        }
        Map<String, Object> row = row(Program.CONNECTOR, number, running.size(), window);
        measure(row, name, pids);
        cluster.rest.remove(name);
        if (counts) {
            add(row);
        }
    }

    private void paho(int number, int window) throws Exception {
        String name = "paho-" + number + "-" + window;
        cluster.createTopic(name);
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PahoToKafka.class.getName(),
                        cluster.broker(),
                        cluster.kafka.address(),
                        name,
                        String.valueOf(number),
                        String.valueOf(window))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8)).readLine();
            Map<String, Object> row = row(Program.BY_HAND, number, 1, window);
            measure(row, name, List.of(program.pid()));
            add(row);
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    private static Map<String, Object> row(Program program, int tasks, int workers, int window) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("program", program);
        row.put("title", program.title);
        row.put("tasks", tasks);
        row.put("workers", workers);
        row.put("window", window);
        return row;
    }

    /** Adds the figures to the row. */
    private void measure(Map<String, Object> row, String topic, List<Long> pids) throws Exception {
        List<NumberedPublisher> publishers = new CopyOnWriteArrayList<>(); // its members read it
        try (TopicReader reader = new TopicReader(cluster.kafka.address(), topic, ConnectCluster.PARTITIONS)) {
            BooleanSupplier goesOn = () ->
                    publishers.stream().mapToLong(NumberedPublisher::published).sum() - reader.log.total() < BACKLOG;
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(
                        new NumberedPublisher(topic + "-" + i, Qos.AT_LEAST_ONCE, cluster.broker(), 1_000_000, goesOn));
            }
            TimeUnit.SECONDS.sleep(warmUp);
            List<Long> all = new ArrayList<>(pids);
            all.addAll(List.of(
                    cluster.kafka.pid(),
                    cluster.mqtt.pid(),
                    ProcessHandle.current().pid()));
            long records = reader.log.total();
            long cpu = MachineLoad.cpuMillis(pids);
            long own = MachineLoad.cpuMillis(all);
            long busy = MachineLoad.busyMillis();
            long start = System.nanoTime();
            TimeUnit.SECONDS.sleep(seconds);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long done = reader.log.total() - records;
            long others = MachineLoad.busyMillis() - busy - (MachineLoad.cpuMillis(all) - own);
            row.put("messagesPerSecond", done / elapsed);
            row.put("cpuMicros", 1000.0 * (MachineLoad.cpuMillis(pids) - cpu) / Math.max(1, done));
            row.put("megabytes", MachineLoad.residentMegabytes(pids));
            row.put("coresOfOthers", Math.max(0, others / 1000.0 / elapsed));
            for (NumberedPublisher publisher : publishers) {
                publisher.finish();
            }
            for (int i = 0; i < DRAIN_SECONDS * 10; i++) {
                if (reader.log.missing(ConnectCluster.acknowledged(publishers)).isEmpty()) {
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } finally {
            publishers.forEach(NumberedPublisher::close);
        }
    }

    private void add(Map<String, Object> row) throws IOException {
        rows.add(row);
        Object[] cells = Stream.of(
                        "title",
                        "tasks",
                        "workers",
                        "window",
                        "messagesPerSecond",
                        "cpuMicros",
                        "megabytes",
                        "coresOfOthers")
                .map(row::get)
                .toArray();
        print(String.format(Locale.ROOT, "| %s | %d | %d | %,d | %,.0f | %,.0f µs | %,d MB | %.1f cores |", cells));
        if (json != null) {
            Files.writeString(
                    CampaignReport.file(json),
                    rows.stream().map(CampaignReport::object).collect(Collectors.joining(",\n ", "[", "]\n")));
        }
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
