package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.runner.Contender.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One of the project's goals for speed, and where the campaign stands with it.
 *
 * @param value the ratio or figure that was measured
 * @param bound what it should be, at least or at most
 */
record Goal(String text, double value, double bound, boolean atLeast) {

    private static final ToDoubleFunction<Result> RATE = Result::perSecond;
    private static final ToDoubleFunction<Result> CPU = Result::cpuSecondsPerMillion;
    private static final int IDLE_HEAP = 2560;
    private static final int IDLE_RESIDENT = 7168;
    private static final int IDLE_THREADS = 10;

    boolean isMet() {
        return atLeast ? value >= bound : value <= bound;
    }

    String wanted() {
        return (atLeast ? "at least " : "at most ") + format(bound);
    }

    String measured() {
        return format(value);
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    /** The goals that the campaign has figures for. */
    static List<Goal> of(Results results) {
        List<Goal> goals = new ArrayList<>();
        for (int qos = 0; qos <= 2; qos++) {
            publish(results, qos, goals);
        }
        for (int qos = 0; qos <= 2; qos++) {
            receive(results, qos, goals);
        }
        payloads(results, goals);
        connections(results, goals);
        goals.removeIf(goal -> Double.isNaN(goal.value));
        return goals;
    }

    private static void publish(Results results, int qos, List<Goal> goals) {
        String scenario = "publish-" + qos;
        String what = "publish QoS " + qos + ": ";
        double godwit = results.median(scenario, "godwit", RATE);
        goals.add(atLeast(what + "times the best library", godwit / results.highest(scenario, RATE, Role.LIBRARY), 5));
        goals.add(atLeast(what + "times bare Netty", godwit / results.highest(scenario, RATE, Role.NETTY), 3));
        goals.add(atMost(
                what + "CPU per message, of the best library's",
                results.median(scenario, "godwit", CPU) / results.lowest(scenario, CPU, Role.LIBRARY),
                0.2));
        goals.add(atMost(
                what + "bytes allocated a message",
                results.median(scenario, "godwit", Result::bytesPerMessage),
                qos == 0 ? 16 : 64));
        if (qos > 0) {
            goals.add(atMost(
                    what + "the bare socket, times Godwit", results.highest(scenario, RATE, Role.SOCKET) / godwit, 4));
        }
        if (qos == 1) {
            goals.add(atLeast(
                    what + "four threads, times one thread",
                    results.median("publish-1-4threads", "godwit", RATE) / godwit,
                    1));
        }
        goals.add(atLeast(what + "MQTT 5, times 3.1.1", results.median(scenario, "godwit-5", RATE) / godwit, 0.9));
    }

    private static void receive(Results results, int qos, List<Goal> goals) {
        String scenario = "receive-" + qos;
        String what = "receive QoS " + qos + ": ";
        double best = results.highest(scenario, RATE, Role.LIBRARY);
        double godwit = results.median(scenario, "godwit", RATE);
        goals.add(atLeast(what + "times the best library", godwit / best, 4));
        goals.add(atLeast(
                what + "on the event loop, times the best library",
                results.median(scenario, "godwit-loop", RATE) / best,
                5));
        goals.add(atMost(
                what + "bytes allocated a message", results.median(scenario, "godwit", Result::bytesPerMessage), 120));
        goals.add(atLeast(what + "MQTT 5, times 3.1.1", results.median(scenario, "godwit-5", RATE) / godwit, 0.9));
    }

    private static void payloads(Results results, List<Goal> goals) {
        for (String direction : List.of("publish", "receive")) {
            for (String size : List.of("1k", "64k")) {
                String scenario = direction + "-1-" + size;
                double godwit = results.median(scenario, "godwit", RATE);
                goals.add(atLeast(
                        direction + " QoS 1, " + size + ": times the best of all clients",
                        godwit / results.highest(scenario, RATE, Role.LIBRARY, Role.NETTY),
                        1));
                if (size.equals("64k")) {
                    goals.add(atMost(
                            direction + " QoS 1, 64k: the bare socket, times Godwit",
                            results.highest(scenario, RATE, Role.SOCKET) / godwit,
                            1.3));
                }
            }
            String scenario = direction + "-1-tls";
            goals.add(atLeast(
                    direction + " QoS 1 over TLS: Godwit with BoringSSL, times HiveMQ's client",
                    results.median(scenario, "godwit-boringssl", RATE) / results.median(scenario, "hivemq-3", RATE),
                    2));
        }
    }

    private static void connections(Results results, List<Goal> goals) {
        goals.add(atMost(
                "round trip: p50, of the bare socket's",
                results.median("roundtrip", "godwit", result -> result.figure("p50"))
                        / results.lowest("roundtrip", result -> result.figure("p50"), Role.SOCKET),
                1.3));
        goals.add(atMost(
                "round trip: p99.9, of bare Netty's",
                results.median("roundtrip", "godwit", result -> result.figure("p999"))
                        / results.lowest("roundtrip", result -> result.figure("p999"), Role.NETTY),
                1));
        goals.add(atMost(
                "idle connection: bytes of heap",
                results.median("idle", "godwit", result -> result.figure("heap")),
                IDLE_HEAP));
        goals.add(atMost(
                "idle connection: bytes of resident memory",
                results.median("idle", "godwit", result -> result.figure("rss")),
                IDLE_RESIDENT));
        goals.add(atMost(
                "idle connections: threads of the JVM",
                results.median("idle", "godwit", result -> result.figure("threads")),
                IDLE_THREADS));
        goals.add(atLeast(
                "connect and disconnect: times the best library",
                results.median("connect", "godwit", RATE) / results.highest("connect", RATE, Role.LIBRARY),
                2));
        goals.add(atMost(
                "first PUBACK after the start: of bare Netty's",
                results.median("firstpuback", "godwit", result -> result.figure("millis"))
                        / results.lowest("firstpuback", result -> result.figure("millis"), Role.NETTY),
                1.1));
    }

    private static Goal atLeast(String text, double value, double bound) {
        return new Goal(text, value, bound, true);
    }

    private static Goal atMost(String text, double value, double bound) {
        return new Goal(text, value, bound, false);
    }
}
