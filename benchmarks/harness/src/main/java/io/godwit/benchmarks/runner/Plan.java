package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which runs a campaign makes, and in which order: contenders take turns within a scenario, and rounds repeat it. */
record Plan(List<Scenario> scenarios, List<Contender> contenders, int rounds) {

    /** The scenarios of the table in the project's goals. */
    static final List<String> CORE =
            List.of("publish-0", "publish-1", "publish-2", "receive-0", "receive-1", "receive-2");

    static final List<String> ALL_SCENARIOS = List.of(
            "publish-0",
            "publish-1",
            "publish-2",
            "receive-0",
            "receive-1",
            "receive-2",
            "publish-1-4threads",
            "publish-1-1k",
            "publish-1-64k",
            "receive-1-1k",
            "receive-1-64k",
            "publish-1-durable",
            "publish-1-tls",
            "receive-1-tls",
            "publish-1-ws",
            "receive-1-ws",
            "roundtrip",
            "latency-0",
            "latency-1",
            "latency-1-10percent",
            "latency-1-40percent",
            "latency-1-80percent",
            "relay-0",
            "relay-1",
            "idle",
            "connect",
            "connect-tls",
            "storm",
            "firstpuback");

    /** What ten minutes are enough for: without the largest payloads, storms, and what differs in QoS alone. */
    static final List<String> QUICK_SCENARIOS = ALL_SCENARIOS.stream()
            .filter(name -> !name.matches(".*-64k|.*percent|receive-1-1k|latency-0|relay-0|connect-tls|storm"))
            .toList();

    /** The contenders of the goals: variants that are never the fastest are left out unless asked for. */
    static final List<String> QUICK_CONTENDERS = List.of(
            "godwit",
            "godwit-loop",
            "godwit-5",
            "godwit-boringssl",
            "hivemq-3",
            "hivemq-5",
            "paho-3",
            "vertx",
            "aws-crt",
            "netty",
            "socket");

    static final List<String> FULL_CONTENDERS = List.of(
            "godwit",
            "godwit-loop",
            "godwit-5",
            "godwit-boringssl",
            "hivemq-3",
            "hivemq-5",
            "hivemq-5-rx",
            "hivemq-boringssl",
            "paho-3",
            "paho-5",
            "vertx",
            "aws-crt",
            "netty",
            "netty-5",
            "socket");

    /** One fresh JVM. */
    record Run(int round, Scenario scenario, Contender contender) {}

    List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (Scenario scenario : scenarios) {
                List<Contender> order = new ArrayList<>(contenders);
                // Whoever goes first in one round goes later in the next: what warms up the machine is shared out.
                Collections.rotate(order, round);
                for (Contender contender : order) {
                    if (contender.takesPartIn(scenario)) {
                        runs.add(new Run(round, scenario, contender));
                    }
                }
            }
        }
        return runs;
    }
}
