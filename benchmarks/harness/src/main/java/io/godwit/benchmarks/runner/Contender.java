package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import io.godwit.benchmarks.Scenario.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A library in one of its variants.
 *
 * @param name as the command line and the tables call it
 * @param module the Maven module, and so the class path, of its adapter
 * @param role what it is compared as
 * @param options told to the adapter
 */
record Contender(String name, String title, String module, String adapter, Role role, Map<String, String> options) {

    /** What a contender stands for in the ratios. */
    enum Role {
        GODWIT,
        LIBRARY,
        NETTY,
        SOCKET
    }

    private static final String AWS_CRT = "aws-crt";

    /** The modules of the libraries that can keep a session on the disk. */
    private static final Set<String> STORING = Set.of("godwit", "paho");

    /** The modules of the contenders that have TLS. */
    private static final Set<String> TLS = Set.of("godwit", "hivemq", "hivemq-1.3", "vertx", AWS_CRT);

    /** The modules of the libraries that speak MQTT over WebSockets. */
    private static final Set<String> WEB = Set.of("godwit", "hivemq", "hivemq-1.3", "paho", AWS_CRT);

    /** The modules of the libraries that reconnect by themselves. */
    private static final Set<String> RECONNECTING = Set.of("godwit", "hivemq", "hivemq-1.3", "paho", AWS_CRT);

    private static final Map<String, String> MQTT_5 = Map.of("mqtt", "5");

    static final List<Contender> ALL = List.of(
            godwit("godwit", "Godwit", Map.of()),
            godwit("godwit-loop", "Godwit, handlers on the event loop", Map.of("handlers", "loop")),
            godwit("godwit-busy", "Godwit, busy polling", Map.of("handlers", "busy")),
            godwit("godwit-batch", "Godwit, publishAll", Map.of("publish", "batch")),
            godwit("godwit-5", "Godwit, MQTT 5", MQTT_5),
            godwit("godwit-boringssl", "Godwit, BoringSSL", Map.of("ssl", "boringssl")),
            godwit("godwit-micrometer", "Godwit, Micrometer", Map.of("observe", "micrometer")),
            godwit("godwit-opentelemetry", "Godwit, OpenTelemetry", Map.of("observe", "opentelemetry")),
            hivemq("hivemq-3", "HiveMQ client, 3.1.1", Map.of()),
            hivemq("hivemq-3-loop", "HiveMQ client, 3.1.1, callbacks on the event loop", Map.of("handlers", "loop")),
            hivemq("hivemq-3-rx", "HiveMQ client, 3.1.1, reactive stream", Map.of("publish", "rx")),
            hivemq("hivemq-5", "HiveMQ client, MQTT 5", MQTT_5),
            hivemq("hivemq-5-rx", "HiveMQ client, MQTT 5, reactive stream", Map.of("mqtt", "5", "publish", "rx")),
            hivemq("hivemq-boringssl", "HiveMQ client, BoringSSL added", Map.of("ssl", "boringssl")),
            hivemq13("hivemq13-3", "HiveMQ client 1.3, 3.1.1", Map.of()),
            hivemq13("hivemq13-5", "HiveMQ client 1.3, MQTT 5", MQTT_5),
            hivemq13(
                    "hivemq13-5-rx",
                    "HiveMQ client 1.3, MQTT 5, reactive stream",
                    Map.of("mqtt", "5", "publish", "rx")),
            paho("paho-3", "Paho, 3.1.1", Map.of()),
            paho("paho-5", "Paho, MQTT 5", MQTT_5),
            new Contender(
                    "vertx", "Vert.x", "vertx", "io.godwit.benchmarks.vertx.VertxAdapter", Role.LIBRARY, Map.of()),
            new Contender(
                    "vertx-nio",
                    "Vert.x, NIO",
                    "vertx",
                    "io.godwit.benchmarks.vertx.VertxAdapter",
                    Role.LIBRARY,
                    Map.of("transport", "nio")),
            // MQTT 5 is what it is without a variant: it has no other version.
            new Contender(
                    AWS_CRT,
                    "AWS CRT, MQTT 5",
                    AWS_CRT,
                    "io.godwit.benchmarks.awscrt.AwsCrtAdapter",
                    Role.LIBRARY,
                    Map.of()),
            netty("netty", "bare Netty", Map.of()),
            netty("netty-nio", "bare Netty, NIO", Map.of("transport", "nio")),
            netty("netty-5", "bare Netty, MQTT 5", MQTT_5),
            new Contender(
                    "socket",
                    "raw socket, precomputed bytes",
                    "harness",
                    "io.godwit.benchmarks.socket.SocketAdapter",
                    Role.SOCKET,
                    Map.of()));

    private static Contender godwit(String name, String title, Map<String, String> options) {
        return new Contender(name, title, "godwit", "io.godwit.benchmarks.godwit.GodwitAdapter", Role.GODWIT, options);
    }

    private static Contender hivemq(String name, String title, Map<String, String> options) {
        return new Contender(name, title, "hivemq", "io.godwit.benchmarks.hivemq.HivemqAdapter", Role.LIBRARY, options);
    }

    private static Contender hivemq13(String name, String title, Map<String, String> options) {
        return new Contender(
                name, title, "hivemq-1.3", "io.godwit.benchmarks.hivemq.HivemqAdapter", Role.LIBRARY, options);
    }

    private static Contender paho(String name, String title, Map<String, String> options) {
        return new Contender(name, title, "paho", "io.godwit.benchmarks.paho.PahoAdapter", Role.LIBRARY, options);
    }

    private static Contender netty(String name, String title, Map<String, String> options) {
        return new Contender(name, title, "netty", "io.godwit.benchmarks.netty.NettyAdapter", Role.NETTY, options);
    }

    static Contender named(String name) {
        return ALL.stream()
                .filter(contender -> contender.name.equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = ALL.stream().map(Contender::name).toList();
                    return new IllegalArgumentException("no contender \"" + name + "\"; there are " + names);
                });
    }

    /** Whether this variant has something of its own to show in the scenario, and its adapter can run it. */
    boolean takesPartIn(Scenario scenario) {
        if (scenario.qos() == 2 && module.equals(AWS_CRT)) {
            return false;
        }
        boolean boringSsl = options.containsKey("ssl");
        if (scenario.tls()) {
            return boringSsl || options.isEmpty() && TLS.contains(module);
        }
        if (boringSsl) {
            return false;
        }
        if (scenario.webSocket() && !WEB.contains(module) || scenario.durable() && !STORING.contains(module)) {
            return false;
        }
        if (scenario.kind() == Kind.STORM) {
            return options.isEmpty() && RECONNECTING.contains(module);
        }
        if (options.containsKey("handlers")) {
            return Set.of(Kind.RECEIVE, Kind.ROUND_TRIP, Kind.LATENCY, Kind.RELAY)
                    .contains(scenario.kind());
        }
        if (options.containsKey("publish")) {
            return scenario.kind() == Kind.PUBLISH && (scenario.threads() == 1 || role == Role.GODWIT);
        }
        return switch (scenario.kind()) {
            case PUBLISH -> scenario.threads() == 1 || role != Role.SOCKET;
            case RECEIVE, FIRST_PUBACK, STORM -> true;
            case LATENCY, RELAY -> !options.containsKey("mqtt") && role != Role.SOCKET;
            case ROUND_TRIP, CONNECT -> !options.containsKey("mqtt");
            // Paho holds four threads a connection: tens of thousands are more than a system gives.
            case IDLE -> !options.containsKey("mqtt") && role != Role.SOCKET && !module.equals("paho");
        };
    }
}
