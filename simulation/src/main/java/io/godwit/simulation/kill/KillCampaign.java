package io.godwit.simulation.kill;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.simulation.broker.BrokerProcess;
import io.godwit.testkit.FaultProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Kills a client with SIGKILL again and again while it publishes and receives through a broker and a proxy that cuts,
 * resets and swallows; in the end every number that was accepted must have arrived, and none of QoS 2 twice.
 */
final class KillCampaign {
    static final int RECEIVE_MAXIMUM = 20;
    private static final int PUBLISHES_A_LIFE = 100_000;
    /** Messages sent to each life. */
    private static final int OFFERS = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final String host;
    private final int port;
    private final @Nullable BrokerProcess broker;
    private final Excuses excuses;
    private final Random random;

    private final Map<Long, AtomicInteger> arrived = new ConcurrentHashMap<>();
    private final AtomicLong latestOfQos1 = new AtomicLong(-1);
    private final AtomicLong latestOfQos2 = new AtomicLong(-1);
    private final AtomicInteger disorder = new AtomicInteger();
    private int restarts;

    /**
     * @param broker restarted now and then; null: left alone
     * @param excuses what it does wrong by itself
     */
    KillCampaign(Path folder, String host, int port, @Nullable BrokerProcess broker, Excuses excuses, long seed) {
        this.folder = folder;
        this.host = host;
        this.port = port;
        this.broker = broker;
        this.excuses = excuses;
        this.random = new Random(seed);
    }

    /**
     * @param faults what is wrong; empty when all promises were kept
     * @param excused what the broker did wrong
     */
    record Outcome(
            int kills,
            int accepted,
            int arrived,
            int offered,
            int handled,
            int handledAgain,
            int restarts,
            List<String> faults,
            List<String> excused) {}

    /** @param killed takes the number of kills after each one */
    Outcome run(int kills, IntConsumer killed) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (FaultProxy proxy = FaultProxy.to(host, port, random.nextLong());
                MqttClient observer = observer()) {
            observer.subscribe("kill/out/#", Qos.EXACTLY_ONCE, this::observe);
            for (int life = 1; life <= kills; life++) {
                live(proxy, observer, life);
                killed.accept(life);
            }
            proxy.heal();
            return last(proxy, kills);
        }
    }

    /** One life: it gets its messages, something goes wrong, and it is killed. */
    private void live(FaultProxy proxy, MqttClient observer, int life) throws IOException, InterruptedException {
        Process process = start(proxy, life, PUBLISHES_A_LIFE);
        try {
            awaitReady(life, process);
            for (long number : offers(life)) {
                Qos qos = number % 2 == 0 ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE;
                observer.publish(Message.of("kill/in/" + qos.level(), Long.toString(number))
                        .withQos(qos));
            }
            harm(proxy);
            LockSupport.parkNanos(random.nextInt(400) * 1_000_000L);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void awaitReady(int life, Process process) throws IOException {
        boolean ready = waitFor(() -> !process.isAlive() || told("ready ").contains((long) life));
        if (!ready || !process.isAlive()) {
            throw new IOException(
                    "timed out waiting for process " + life + " to be ready; see " + folder.resolve("client.log"));
        }
    }

    private MqttClient observer() {
        MqttClient observer = MqttClient.builder()
                .server("mqtt://" + host + ":" + port)
                .protocol(ProtocolVersion.V5)
                .clientId("observer")
                .cleanSession(false)
                .sessionExpiry(Duration.ofHours(1))
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .build();
        observer.connect();
        return observer;
    }

    private void observe(Message message) {
        long number = Long.parseLong(message.text());
        if (arrived.computeIfAbsent(number, absent -> new AtomicInteger()).incrementAndGet() == 1) {
            AtomicLong latest = number % 2 == 0 ? latestOfQos2 : latestOfQos1;
            if (latest.getAndAccumulate(number, Math::max) > number) {
                disorder.incrementAndGet();
            }
        }
    }

    /** Something goes wrong with the network, and now and then with the broker. */
    private void harm(FaultProxy proxy) throws IOException {
        switch (random.nextInt(6)) {
            case 0 -> proxy.cut();
            case 1 -> proxy.reset();
            case 2 -> {
                proxy.blackhole();
                LockSupport.parkNanos(200_000_000);
                proxy.heal();
            }
            case 3 -> proxy.halfCloseToServer();
            case 4 -> {
                if (broker != null && random.nextInt(3) == 0) {
                    broker.restart();
                    restarts++;
                }
            }
            default -> {
                // This process has a good network.
            }
        }
    }

    private Process start(FaultProxy proxy, int life, int publishes) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx256m",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledClient.class.getName(),
                        folder.toString(),
                        "mqtt://127.0.0.1:" + proxy.port(),
                        Integer.toString(life),
                        Integer.toString(publishes))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("client.log").toFile()))
                .start();
    }

    private List<String> lines() throws IOException {
        Path journal = folder.resolve("journal");
        return Files.exists(journal) ? Files.readAllLines(journal, StandardCharsets.US_ASCII) : List.of();
    }

    /** A last life that only finishes what the others have left; then the accounts are made. */
    private Outcome last(FaultProxy proxy, int kills) throws IOException, InterruptedException {
        Set<Long> offered = new TreeSet<>();
        for (int life = 1; life <= kills; life++) {
            offered.addAll(offers(life));
        }
        Process process = start(proxy, kills + 1, 0);
        List<String> faults = new ArrayList<>();
        try {
            Map<Long, Integer> accepted = accepted();
            int allAccepted = accepted.size();
            accepted.keySet().removeAll(told("failed ")); // the application knows
            waitFor(() -> arrived.keySet().containsAll(accepted.keySet()));
            waitFor(() -> handled(new ArrayList<>()).keySet().containsAll(offered));
            LockSupport.parkNanos(1_000_000_000);
            List<String> excused = new ArrayList<>();
            account("publishes were accepted and are lost", accepted.keySet(), arrived.keySet(), faults, excused);
            List<Long> twice = arrived.entrySet().stream()
                    .filter(one -> one.getKey() % 2 == 0 && one.getValue().get() > 1)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            blame(
                    excuses.memory() && restarts > 0,
                    twice,
                    "publishes of QoS 2 arrived more than once",
                    faults,
                    excused);
            if (disorder.get() > 0) {
                (excuses.order() ? excused : faults)
                        .add(disorder + " publishes arrived after a later one of their topic");
            }
            List<Long> handledTwice = new ArrayList<>();
            Map<Long, Integer> handled = handled(handledTwice);
            blame(
                    excuses.identifiers(),
                    handledTwice,
                    "messages of QoS 2 were handled again though their acknowledgement was safe",
                    faults,
                    excused);
            account("messages were never handled", offered, handled.keySet(), faults, excused);
            if (accepted.size() < allAccepted) {
                (excuses.memory() ? excused : faults)
                        .add((allAccepted - accepted.size()) + " publishes failed, and their futures said so");
            }
            int again = handled.values().stream().mapToInt(times -> times - 1).sum();
            return new Outcome(
                    kills,
                    allAccepted,
                    arrived.size(),
                    offered.size(),
                    handled.size(),
                    again,
                    restarts,
                    faults,
                    excused);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Map<Long, Integer> accepted() throws IOException {
        Map<Long, Integer> accepted = new TreeMap<>();
        for (String line : lines()) {
            if (line.startsWith("accepted ")) {
                accepted.merge(number(line), 1, Integer::sum);
            }
        }
        return accepted;
    }

    /** What is missing. At QoS 2 it is the broker's doing when that gives identifiers out that are still in use. */
    private void account(String what, Set<Long> all, Set<Long> there, List<String> faults, List<String> excused) {
        List<Long> missing =
                all.stream().filter(one -> !there.contains(one)).sorted().toList();
        blame(false, missing.stream().filter(one -> one % 2 != 0).toList(), what, faults, excused);
        blame(
                excuses.identifiers() && restarts > 0,
                missing.stream().filter(one -> one % 2 == 0).toList(),
                "of QoS 2: " + what,
                faults,
                excused);
    }

    /** The numbers of the messages that are sent to a life. */
    private static List<Long> offers(int life) {
        return LongStream.range(0, OFFERS).mapToObj(i -> life * 1_000L + i).toList();
    }

    private static void blame(
            boolean broker, List<Long> numbers, String what, List<String> faults, List<String> excused) {
        if (!numbers.isEmpty()) {
            (broker ? excused : faults)
                    .add(numbers.size() + " " + what + ", such as " + numbers.subList(0, Math.min(10, numbers.size())));
        }
    }

    /**
     * How often each message was handled. Twice in one life is a fault at QoS 2; in two lives it is one only when the
     * first was not among the last before a kill, whose acknowledgement may not have left.
     */
    private Map<Long, Integer> handled(List<Long> twice) throws IOException {
        Map<Integer, List<Long>> lives = new TreeMap<>();
        for (String line : lines()) {
            if (line.startsWith("handled ")) {
                lives.computeIfAbsent(Integer.parseInt(line.split(" ")[1]), absent -> new ArrayList<>())
                        .add(number(line));
            }
        }
        Map<Long, Integer> times = new HashMap<>();
        lives.forEach((life, numbers) -> {
            for (int i = 0; i < numbers.size(); i++) {
                long number = numbers.get(i);
                times.merge(number, 1, Integer::sum);
                boolean again = numbers.subList(i + 1, numbers.size()).contains(number);
                boolean later = i < numbers.size() - RECEIVE_MAXIMUM && isIn(lives, life, number);
                if (number % 2 == 0 && (again || later)) {
                    twice.add(number);
                }
            }
        });
        return times;
    }

    private static boolean isIn(Map<Integer, List<Long>> lives, int after, long number) {
        return lives.entrySet().stream()
                .anyMatch(life -> life.getKey() > after && life.getValue().contains(number));
    }

    /** The numbers of all lines that begin so. */
    private List<Long> told(String word) throws IOException {
        return lines().stream()
                .filter(line -> line.startsWith(word))
                .map(KillCampaign::number)
                .toList();
    }

    private static long number(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static boolean waitFor(Condition condition) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(50_000_000);
        }
        return true;
    }
}
