package io.godwit.benchmarks.runner;

import com.sun.management.UnixOperatingSystemMXBean;
import io.godwit.benchmarks.Scenario;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The command line, read.
 *
 * @param root the folder of the project
 * @param out where the reports go
 * @param java the java command of the workers and the peer
 * @param seconds of the whole campaign, from which the length of a run follows; 0 when the length is given
 * @param warmupMillis and measureMillis of a run, when not derived from {@code seconds}
 * @param connections how many idle ones
 * @param resume whether runs whose results are in {@code out} are not made again
 */
record Options(
        Path root,
        Path out,
        Path java,
        Plan plan,
        long seconds,
        long warmupMillis,
        long measureMillis,
        int connections,
        boolean resume,
        List<String> jvmFlags) {

    static final String HELP = """
            benchmarks/run: Godwit beside the other MQTT clients of the JVM, on the same work

            Each run is a fresh JVM; contenders take turns; the figures are medians over the rounds.

              --quick               one round of most scenarios that takes about 10 minutes in all
              --smoke               does everything still work? One short run of each, in a minute or two; no figures
              --scenarios A,B       only these, or "core" or "all":
                                    publish-QOS, receive-QOS, with -1k -64k -4threads -tls -ws added
                                    publish-1-durable: each message on the disk before it is sent
                                    relay-QOS: a publisher and a subscriber; latency-QOS, with -500hz or
                                    another rate added, or with -40percent of what the client can sustain;
                                    roundtrip; storm: 2,000 clients lose their broker (these need mosquitto)
                                    idle, connect, connect-tls, firstpuback
              --clients A,B         only these, or "all"; a wrong name prints the list
              --rounds N            how often each run is repeated (default 3)
              --warmup S --measure S   seconds of each run (default 3 and 3; fractions are fine)
              --minutes M           choose warm-up and measurement so that all takes about so long
              --connections N       idle connections (default 20000, or what the limit of open files allows)
              --java PATH           the java command to measure with (default: the one in use)
              --jvm-flag FLAG       one more flag for the JVM under measurement; may be repeated
              --resume              go on with the campaign in --out that was interrupted: only runs without
                                    a result are made
              --out DIR             where report.md, report.html, report.json and the plots go; runs.tsv
                                    has each result as soon as it is there
                                    (default benchmarks/target/report)
              --json                print the JSON instead of the tables
              --help                this text

            Example: publish with QoS 1, Godwit against Vert.x and the bare socket, three seconds each

              benchmarks/run --scenarios publish-1 --clients godwit,vertx,socket --rounds 1
            """;

    private static final long QUICK_SECONDS = 600;
    private static final int MANY = 20_000;
    /** What a JVM has open besides its connections, amply. */
    private static final int OTHER_FILES = 200;

    private static final int QUICK_MANY = 5_000;
    private static final int SMOKE_MANY = 200;
    private static final long DEFAULT_MILLIS = 3_000;
    private static final long SMOKE_MILLIS = 300;

    static Options parse(Path root, List<String> args) {
        Path out = root.resolve("benchmarks/target/report");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> scenarios = Plan.ALL_SCENARIOS;
        List<String> contenders = Plan.FULL_CONTENDERS;
        int rounds = 3;
        long seconds = 0;
        long warmup = DEFAULT_MILLIS;
        long measure = DEFAULT_MILLIS;
        int connections = MANY;
        boolean resume = false;
        List<String> flags = new ArrayList<>();
        for (Iterator<String> words = args.iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--quick" -> {
                    rounds = 1;
                    seconds = QUICK_SECONDS;
                    connections = QUICK_MANY;
                    scenarios = Plan.QUICK_SCENARIOS;
                    contenders = Plan.QUICK_CONTENDERS;
                }
                case "--smoke" -> {
                    rounds = 1;
                    warmup = SMOKE_MILLIS;
                    measure = SMOKE_MILLIS;
                    connections = SMOKE_MANY;
                }
                case "--scenarios" -> scenarios = scenarios(value(word, words));
                case "--clients" -> contenders = contenders(value(word, words));
                case "--rounds" -> rounds = Integer.parseInt(value(word, words));
                case "--warmup" -> warmup = millis(value(word, words));
                case "--measure" -> measure = millis(value(word, words));
                case "--minutes" -> seconds = Math.round(60 * Double.parseDouble(value(word, words)));
                case "--connections" -> connections = Integer.parseInt(value(word, words));
                case "--java" -> java = Path.of(value(word, words));
                case "--jvm-flag" -> flags.add(value(word, words));
                case "--resume" -> resume = true;
                case "--out" -> out = Path.of(value(word, words));
                case "--json" -> {
                    // where the report is printed decides
                }
                default -> throw new IllegalArgumentException(word + " is not an option of benchmarks/run; see --help");
            }
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out " + out + " is a file; name a folder");
        }
        Plan plan = new Plan(
                scenarios.stream().map(Scenario::parse).toList(),
                contenders.stream()
                        .map(Contender::named)
                        .filter(contender -> isBuilt(root, contender))
                        .toList(),
                rounds);
        return new Options(
                root, out, java, plan, seconds, warmup, measure, allowed(connections), resume, List.copyOf(flags));
    }

    /** As many connections as the limit of open files leaves room for. */
    private static int allowed(int connections) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() - OTHER_FILES < connections) {
            int most = (int) system.getMaxFileDescriptorCount() - OTHER_FILES;
            System.err.println(
                    "The limit of open files leaves room for " + most + " idle connections, not " + connections + ".");
            return most;
        }
        return connections;
    }

    private static boolean isBuilt(Path root, Contender contender) {
        return Files.isDirectory(
                root.resolve("benchmarks").resolve(contender.module()).resolve("target/fast/classes"));
    }

    private static List<String> scenarios(String list) {
        return switch (list) {
            case "all" -> Plan.ALL_SCENARIOS;
            case "core" -> Plan.CORE;
            default -> List.of(list.split(","));
        };
    }

    private static List<String> contenders(String list) {
        return list.equals("all") ? Contender.ALL.stream().map(Contender::name).toList() : List.of(list.split(","));
    }

    private static long millis(String seconds) {
        return Math.round(1000 * Double.parseDouble(seconds));
    }

    private static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value; see --help");
        }
        return words.next();
    }
}
