package io.godwit.interop.kafka;

import io.godwit.mqtt.protocol.Qos;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * How many messages a second go from MQTT to Kafka, and what they cost, by tasks, workers and window, next to a program written
 * by hand. Broker, Kafka, workers and publishers share one machine: the cost for each message says more than the rate.
 *
 * <pre>interop/kafka-scale [SECONDS [by-hand]]</pre>
 */
final class KafkaScale {
    private static final int PUBLISHERS = 4;
    private static final int WARM_UP_SECONDS = 4;

    // Set once.
    private final ConnectCluster cluster;
    private final int seconds;

    private KafkaScale(ConnectCluster cluster, int seconds) {
        this.cluster = cluster;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        try (ConnectCluster cluster = new ConnectCluster(Files.createTempDirectory("kafka-scale"))) {
            KafkaScale scale = new KafkaScale(cluster, seconds);
            System.out.println("| program | tasks | workers | window | messages/s | CPU for each message | memory |");
            System.out.println("|---|---|---|---|---|---|---|");
            if (arguments.length < 2) {
                scale.connectors();
            }
            scale.byHand();
        }
        System.exit(0);
    }

    private void connectors() throws Exception {
        KafkaScript first = cluster.startWorker("worker1");
        for (int window : new int[] {20, 1000}) {
            for (int tasks : new int[] {1, 2, 4}) {
                connector(tasks, window, List.of(first));
            }
        }
        KafkaScript second = cluster.startWorker("worker2");
        for (int tasks : new int[] {2, 4}) {
            connector(tasks, 1000, List.of(first, second));
        }
        first.stop();
        second.stop();
    }

    private void byHand() throws Exception {
        for (int window : new int[] {20, 1000}) {
            for (int tasks : new int[] {1, 2, 4}) {
                paho(tasks, window);
            }
        }
    }

    private void connector(int tasks, int window, List<KafkaScript> workers) throws Exception {
        String name = "source-" + tasks + "-" + window + "-" + workers.size();
        cluster.createTopic(name);
        cluster.rest.put(
                name,
                cluster.source(
                        name,
                        "tasks.max",
                        String.valueOf(tasks),
                        "mqtt.server.uri",
                        cluster.broker(),
                        "mqtt.keepalive.interval.seconds",
                        "60",
                        "mqtt.qos",
                        "1",
                        "mqtt.receive.maximum",
                        String.valueOf(window)));
        cluster.awaitTasks(name, tasks);
        List<Long> pids = new ArrayList<>();
        for (KafkaScript worker : workers) {
            pids.add(worker.pid());
        }
        measure("Godwit's connector", tasks, workers.size(), window, name, pids);
        cluster.rest.remove(name);
    }

    private void paho(int tasks, int window) throws Exception {
        String name = "paho-" + tasks + "-" + window;
        cluster.createTopic(name);
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PahoToKafka.class.getName(),
                        cluster.broker(),
                        cluster.kafka.address(),
                        name,
                        String.valueOf(tasks),
                        String.valueOf(window))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8)).readLine();
            measure("Paho and a producer", tasks, 1, window, name, List.of(program.pid()));
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    private void measure(String program, int tasks, int workers, int window, String topic, List<Long> pids)
            throws Exception {
        List<NumberedPublisher> publishers = new ArrayList<>();
        try (TopicReader reader = new TopicReader(cluster.kafka.address(), topic, ConnectCluster.PARTITIONS)) {
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(new NumberedPublisher(topic + "-" + i, Qos.AT_LEAST_ONCE, cluster.broker(), 1_000_000));
            }
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            long records = reader.records();
            long cpu = cpuMillis(pids);
            long start = System.nanoTime();
            TimeUnit.SECONDS.sleep(seconds);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long done = reader.records() - records;
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %d | %,d | %,.0f | %,.0f µs | %,d MB |%n",
                    program,
                    tasks,
                    workers,
                    window,
                    done / elapsed,
                    1000.0 * (cpuMillis(pids) - cpu) / Math.max(1, done),
                    residentMegabytes(pids));
            for (NumberedPublisher publisher : publishers) {
                publisher.finish();
            }
            ConnectCluster.awaitComplete(reader, publishers, Duration.ofMinutes(1));
        } finally {
            publishers.forEach(NumberedPublisher::close);
        }
    }

    private static long cpuMillis(List<Long> pids) {
        return pids.stream()
                .mapToLong(pid -> ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow()
                        .toMillis())
                .sum();
    }

    private static long residentMegabytes(List<Long> pids) throws IOException {
        long kilobytes = 0;
        for (long pid : pids) {
            kilobytes += Pattern.compile("VmRSS:\\s+(\\d+)")
                    .matcher(Files.readString(Path.of("/proc/" + pid + "/status")))
                    .results()
                    .mapToLong(match -> Long.parseLong(match.group(1)))
                    .sum();
        }
        return kilobytes / 1024;
    }
}
