package io.godwit.benchmarks.worker;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.Pace;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Relay;
import io.godwit.benchmarks.Scenario;
import io.godwit.benchmarks.peer.Counters;
import io.godwit.benchmarks.peer.Counters.Counter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** The scenarios: warm up, take a snapshot, let it run, take another. */
final class Measured {

    private static final String TOPIC = "bench/topic";

    /** The loopback network has 16 million addresses; these few keep the client's ports from running out. */
    private static final int LOOPBACK_HOSTS = 250;

    private static final double MEDIAN = 0.5;
    private static final double ONE_IN_A_HUNDRED = 0.99;
    private static final double ONE_IN_A_THOUSAND = 0.999;

    private static final long SETTLE_MILLIS = 200;

    /** How long the last messages of a fixed rate may take. */
    private static final int LATEST_SECONDS = 5;

    // Set once.
    private final Scenario scenario;
    private final Adapter adapter;
    private final Endpoint endpoint;
    private final Counters counters;
    private final ProcessHandle peer;
    private final long warmup;
    private final long measure;
    private final Map<String, Object> figures = new LinkedHashMap<>();

    private Measured(Scenario scenario, Adapter adapter, Endpoint endpoint, Arguments arguments) throws Exception {
        this.scenario = scenario;
        this.adapter = adapter;
        this.endpoint = endpoint;
        this.counters = Counters.at(Path.of(arguments.get("counters")));
        this.peer = ProcessHandle.of(Long.parseLong(arguments.get("peer"))).orElseThrow();
        this.warmup = arguments.getInt("warmup");
        this.measure = arguments.getInt("measure");
    }

    static Map<String, Object> run(Scenario scenario, Adapter adapter, Endpoint endpoint, Arguments arguments)
            throws Exception {
        Measured run = new Measured(scenario, adapter, endpoint, arguments);
        switch (scenario.kind()) {
            case PUBLISH -> run.publish();
            case RECEIVE -> run.receive();
            case ROUND_TRIP -> run.roundTrip();
            case LATENCY -> run.latency();
            case RELAY -> run.relay();
            case IDLE -> run.idle(arguments.getInt("connections"));
            case CONNECT -> run.connect();
            case FIRST_PUBACK, STORM -> throw new IllegalArgumentException("not handled here");
        }
        return run.figures;
    }

    private void publish() throws Exception {
        Link link = adapter.connect(endpoint);
        List<PublishLoad> loads = new ArrayList<>();
        for (int i = 0; i < scenario.threads(); i++) {
            loads.add(new PublishLoad(
                    TOPIC, new byte[scenario.payload()], scenario.qos(), scenario.window() / scenario.threads()));
        }
        for (PublishLoad load : loads) {
            start("publisher", () -> {
                try {
                    link.publish(load);
                } catch (Throwable e) {
                    load.failed(e);
                }
            });
        }
        // A library may call a QoS 0 message done before it has left; only the peer knows what has arrived.
        LongSupplier count = scenario.qos() == 0
                ? () -> counters.get(Counter.COMPLETED)
                : () -> loads.stream().mapToLong(PublishLoad::count).sum();
        between(count);
        loads.forEach(PublishLoad::stop);
        for (PublishLoad load : loads) {
            if (load.failure() != null) {
                throw new IllegalStateException("a publish failed, so the run is void", load.failure());
            }
        }
    }

    private void receive() throws Exception {
        Link link = adapter.connect(endpoint);
        ReceiveLoad load = new ReceiveLoad(scenario.payload());
        link.receive("flood/" + scenario.payload() + "/" + scenario.window(), scenario.qos(), load);
        between(load::count);
    }

    private void between(LongSupplier count) throws InterruptedException {
        Thread.sleep(warmup);
        long countBefore = count.getAsLong();
        Snapshot before = Snapshot.take(peer);
        Thread.sleep(measure);
        long countAfter = count.getAsLong();
        Snapshot after = Snapshot.take(peer);
        if (countAfter == countBefore) {
            throw new IllegalStateException("nothing moved during the measurement, after " + countAfter + " messages");
        }
        Snapshot.putDifference(before, after, countAfter - countBefore, figures);
    }

    private void roundTrip() throws Exception {
        Link link = adapter.connect(endpoint);
        Echo echo = new Echo();
        // The plain socket echoes on the thread that asks for it, the others on threads of theirs.
        start("echo", () -> link.echo("bench/" + endpoint.clientId(), new byte[scenario.payload()], echo));
        Thread.sleep(warmup);
        long countBefore = echo.rounds();
        Snapshot before = Snapshot.take(peer);
        echo.record(true);
        Thread.sleep(measure);
        echo.record(false);
        long countAfter = echo.rounds();
        Snapshot after = Snapshot.take(peer);
        echo.stop();
        long[] nanoseconds = echo.sorted();
        Snapshot.putDifference(before, after, countAfter - countBefore, figures);
        figures.put("p50", quantile(nanoseconds, MEDIAN));
        figures.put("p999", quantile(nanoseconds, ONE_IN_A_THOUSAND));
    }

    private void latency() throws Exception {
        int perSecond = scenario.percent() == 0
                ? scenario.perSecond()
                : (int) Math.max(1, sustained() * scenario.percent() / 100);
        Link link = adapter.connect(endpoint);
        Pace pace = new Pace(scenario.payload(), perSecond);
        String topic = "bench/" + endpoint.clientId();
        link.deliver(topic, scenario.qos(), pace);
        start("publisher", () -> link.send(topic, scenario.qos(), pace));
        Thread.sleep(warmup);
        Snapshot before = Snapshot.take(peer);
        pace.record();
        Thread.sleep(measure);
        pace.endRecord();
        Snapshot after = Snapshot.take(peer);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LATEST_SECONDS);
        while (pace.arrived() < pace.sent() && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        pace.stop();
        if (pace.sent() == 0 || pace.arrived() < pace.sent()) {
            throw new IllegalStateException("of " + pace.sent() + " messages that were due " + pace.arrived()
                    + " have arrived, so the run is void");
        }
        Snapshot.putDifference(before, after, pace.arrived(), figures);
        figures.put("perSecond", perSecond);
        figures.put("p50", pace.quantile(MEDIAN) / 1e3);
        figures.put("p99", pace.quantile(ONE_IN_A_HUNDRED) / 1e3);
        figures.put("p999", pace.quantile(ONE_IN_A_THOUSAND) / 1e3);
    }

    /** Messages a second that one connection of this client both sends and receives, after a warm-up. */
    private double sustained() throws Exception {
        String clientId = endpoint.clientId() + "-sustained";
        Link link = adapter.connect(endpoint.at(endpoint.host(), clientId));
        String topic = "bench/" + clientId;
        PublishLoad load = new PublishLoad(topic, new byte[scenario.payload()], scenario.qos(), scenario.window());
        Relay relay = new Relay(load);
        link.deliver(topic, scenario.qos(), relay);
        start("relay", () -> link.send(topic, scenario.qos(), relay));
        Thread.sleep(warmup);
        long countBefore = load.count();
        long begin = System.nanoTime();
        Thread.sleep(measure);
        double perSecond = (load.count() - countBefore) * 1e9 / (System.nanoTime() - begin);
        load.stop();
        // What is on its way would else be measured with what follows.
        Thread.sleep(SETTLE_MILLIS);
        link.close();
        return perSecond;
    }

    private void relay() throws Exception {
        Link subscriber = adapter.connect(endpoint);
        Link publisher = adapter.connect(endpoint.at(endpoint.host(), endpoint.clientId() + "-publisher"));
        String topic = "bench/" + endpoint.clientId();
        PublishLoad load = new PublishLoad(topic, new byte[scenario.payload()], scenario.qos(), scenario.window());
        Relay relay = new Relay(load);
        subscriber.deliver(topic, scenario.qos(), relay);
        start("publisher", () -> publisher.send(topic, scenario.qos(), relay));
        between(load::count);
        load.stop();
    }

    /** In microseconds. */
    private static double quantile(long[] sorted, double quantile) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] / 1e3;
    }

    private void idle(int connections) throws Exception {
        List<Link> links = new ArrayList<>();
        // The first connection loads classes and starts the shared threads, which is not the price of one more.
        links.add(connect(0));
        Memory before = Memory.settled();
        long begin = System.nanoTime();
        for (int i = 1; i <= connections; i++) {
            links.add(connect(i));
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Memory after = Memory.settled();
        figures.put("count", connections);
        figures.put("seconds", seconds);
        figures.put("heap", (after.heap() - before.heap()) / connections);
        figures.put("rss", (after.resident() - before.resident()) / connections);
        figures.put("threads", after.threads());
        if (links.size() != connections + 1) {
            throw new IllegalStateException("connections were lost");
        }
    }

    private Link connect(long number) throws Exception {
        // The certificate is for one address, and handshakes are too slow to run out of ports.
        String host = scenario.tls() ? endpoint.host() : "127.0.0." + (2 + number % LOOPBACK_HOSTS);
        return adapter.connect(endpoint.at(host, "bench-" + number));
    }

    private void connect() throws Exception {
        // The first one loads classes, which for TLS takes longer than a short warm-up.
        connect(0).close();
        AtomicLong opened = new AtomicLong();
        AtomicLong closed = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < scenario.threads(); i++) {
            start("connector", () -> {
                while (failure.get() == null) {
                    try {
                        connect(opened.incrementAndGet()).close();
                        closed.incrementAndGet();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }
            });
        }
        between(() -> {
            if (failure.get() != null) {
                throw new IllegalStateException("a connection failed, so the run is void", failure.get());
            }
            return closed.get();
        });
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Exception e) {
                        e.printStackTrace();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Task {
        void run() throws Exception;
    }
}
