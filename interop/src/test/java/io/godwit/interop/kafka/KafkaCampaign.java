package io.godwit.interop.kafka;

import io.godwit.checks.Programs;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Publishes numbers at QoS 1 and 2 while workers are killed, a third comes and goes, Mosquitto and Kafka restart, and
 * connections are cut. Then every number that was acknowledged to a publisher must be in Kafka's topic.
 *
 * <pre>interop/kafka-campaign [MINUTES [SEED]]</pre>
 */
final class KafkaCampaign {
    private static final int RECEIVE_MAXIMUM = 100;
    private static final int TASKS = 2;
    private static final int PER_SECOND = 50;

    /** What can go wrong, and how often compared with the others. */
    private enum Fault {
        CUT("connections to the MQTT broker closed", 5),
        RESET("connections to the MQTT broker reset", 4),
        SILENCE("connections silent for 4 s", 3),
        REFUSED("connections refused for 2 s", 3),
        KILL_WORKER("worker killed (SIGKILL), started again", 5),
        THIRD_WORKER("third worker added or removed: rebalance", 3),
        RESTART_MOSQUITTO("Mosquitto restarted", 4),
        RESTART_KAFKA("Kafka stopped (SIGTERM), started again", 1),
        KILL_KAFKA("Kafka killed (SIGKILL), started again", 1);

        final String text;
        final int weight;

        Fault(String text, int weight) {
            this.text = text;
            this.weight = weight;
        }
    }

    // Set once.
    private final ConnectCluster cluster;
    private final Random random;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

    // Main thread only.
    private boolean third;
    private int failedTasks;
    private long mostDuplicates;

    private KafkaCampaign(ConnectCluster cluster, long seed) {
        this.cluster = cluster;
        this.random = new Random(seed);
    }

    public static void main(String[] arguments) throws Exception {
        Duration time =
                Duration.ofSeconds((long) (60 * Double.parseDouble(arguments.length > 0 ? arguments[0] : "12")));
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime() % 100_000;
        if (Programs.find("mosquitto").isEmpty()) {
            System.err.println("mosquitto is not installed: run interop/install mosquitto");
            System.exit(2);
        }
        Path folder = Files.createTempDirectory("kafka-campaign");
        System.err.println("seed " + seed + ", files in " + folder);
        boolean passed;
        try (ConnectCluster cluster = new ConnectCluster(folder)) {
            passed = new KafkaCampaign(cluster, seed).run(time);
        }
        System.exit(passed ? 0 : 1);
    }

    private boolean run(Duration time) throws Exception {
        cluster.createTopic("numbers");
        cluster.startWorker("worker1");
        cluster.startWorker("worker2");
        cluster.rest.put(
                "source",
                cluster.source(
                        "numbers",
                        "tasks.max",
                        String.valueOf(TASKS),
                        // Mosquitto 2.0 forgets shared subscriptions at a restart, so each task has a filter of its
                        // own.
                        "mqtt.topics",
                        "numbers/qos1/#,numbers/qos2/#",
                        "mqtt.shared.subscription",
                        "never",
                        "mqtt.receive.maximum",
                        String.valueOf(RECEIVE_MAXIMUM)));
        cluster.awaitTasks("source", TASKS);
        List<NumberedPublisher> publishers = new ArrayList<>();
        try (TopicReader reader = new TopicReader(cluster.kafka.address(), "numbers", ConnectCluster.PARTITIONS)) {
            for (Qos qos : List.of(Qos.AT_LEAST_ONCE, Qos.EXACTLY_ONCE)) {
                for (int i = 0; i < 2; i++) {
                    publishers.add(
                            new NumberedPublisher("qos" + qos.level() + "-" + i, qos, cluster.broker(), PER_SECOND));
                }
            }
            faults(time, reader);
            for (NumberedPublisher publisher : publishers) {
                publisher.finish();
            }
            cluster.awaitTasks("source", TASKS);
            boolean complete = ConnectCluster.awaitComplete(reader, publishers, Duration.ofMinutes(3));
            report(reader, publishers);
            return complete;
        } finally {
            publishers.forEach(NumberedPublisher::close);
        }
    }

    private void faults(Duration time, TopicReader reader) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        long duplicates = 0;
        while (System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2000));
            Fault fault = choose();
            counts.merge(fault, 1, Integer::sum);
            inflict(fault);
            int failed = cluster.rest.failed("source");
            if (failed > 0) {
                failedTasks += failed;
                System.err.println(cluster.rest.status("source"));
                cluster.rest.restartFailed("source");
            }
            mostDuplicates = Math.max(mostDuplicates, reader.duplicates() - duplicates);
            duplicates = reader.duplicates();
            System.err.println(counts.values().stream().mapToInt(each -> each).sum() + " " + fault + ": "
                    + reader.records() + " records, " + reader.duplicates() + " duplicates");
        }
    }

    private Fault choose() {
        int all = 0;
        for (Fault fault : Fault.values()) {
            all += fault.weight;
        }
        int pick = random.nextInt(all);
        for (Fault fault : Fault.values()) {
            pick -= fault.weight;
            if (pick < 0) {
                return fault;
            }
        }
        throw new AssertionError();
    }

    private void inflict(Fault fault) throws IOException, InterruptedException {
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
            case RESTART_MOSQUITTO -> cluster.mosquitto.restart();
            case RESTART_KAFKA -> {
                cluster.kafka.stop();
                cluster.kafka.start();
            }
            case KILL_KAFKA -> {
                cluster.kafka.kill();
                cluster.kafka.start();
            }
        }
    }

    private void report(TopicReader reader, List<NumberedPublisher> publishers) {
        int faults = counts.values().stream().mapToInt(each -> each).sum();
        long published =
                publishers.stream().mapToLong(NumberedPublisher::published).sum();
        long acknowledged = publishers.stream()
                .mapToLong(each -> each.acknowledged().cardinality())
                .sum();
        Map<String, Integer> missing = reader.missing(publishers);
        System.out.println("| fault | times |\n|---|---|");
        counts.forEach((fault, times) -> System.out.println("| " + fault.text + " | " + times + " |"));
        System.out.println("| all | " + faults + " |\n\n| result | |\n|---|---|");
        row("numbers published", published);
        row("acknowledged to the publisher", acknowledged);
        row(
                "of these missing in Kafka",
                missing.values().stream().mapToInt(each -> each).sum());
        row("records in Kafka", reader.records());
        row("duplicates", reader.duplicates());
        row("duplicates after one fault, at most", mostDuplicates);
        System.out.printf(
                Locale.ROOT,
                "| duplicates for each fault, on average | %.1f |%n",
                (double) reader.duplicates() / faults);
        System.out.printf(
                Locale.ROOT, "| longest time without a record | %.1f s |%n", reader.longestGapMillis() / 1000.0);
        row("tasks that failed and had to be restarted by hand", failedTasks);
        if (!missing.isEmpty()) {
            System.out.println("missing: " + missing);
        }
    }

    private static void row(String name, long value) {
        System.out.printf(Locale.ROOT, "| %s | %,d |%n", name, value);
    }
}
