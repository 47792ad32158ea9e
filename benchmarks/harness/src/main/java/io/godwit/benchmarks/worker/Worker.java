package io.godwit.benchmarks.worker;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.Scenario;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The main class of a fresh JVM that runs one scenario with one contender and prints one line {@code result
 * KEY=VALUE...}. Arguments are {@code key=value}; see {@link Arguments}. It ends with {@link Runtime#halt} once the
 * line is out: how long a library takes to shut its pools down is not measured here.
 */
public final class Worker {

    private Worker() {}

    public static void main(String[] args) {
        int status = 0;
        try {
            run(Arguments.parse(args));
        } catch (Throwable e) {
            e.printStackTrace();
            status = 1;
        }
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }

    private static void run(Arguments arguments) throws Exception {
        Scenario scenario = Scenario.parse(arguments.get("scenario"));
        Map<String, String> options = new HashMap<>();
        arguments.forEachWithPrefix("option.", options::put);
        Endpoint endpoint = new Endpoint(
                "127.0.0.1",
                arguments.getInt(port(scenario)),
                scenario,
                scenario.tls() ? Path.of(arguments.get("certificate")) : null,
                scenario.durable() ? Path.of(arguments.get("store")) : null,
                "bench-" + ProcessHandle.current().pid(),
                options);
        Adapter adapter = (Adapter) Class.forName(arguments.get("adapter"))
                .getConstructor(Endpoint.class)
                .newInstance(endpoint);
        if (scenario.kind() == Scenario.Kind.FIRST_PUBACK) {
            // Nothing else is loaded on this path: the time that counts is the library's.
            Link link = adapter.connect(endpoint);
            link.publishOne("bench/topic", new byte[scenario.payload()]);
            System.out.println("first-puback");
            return;
        }
        Map<String, Object> figures = scenario.kind() == Scenario.Kind.STORM
                ? Storm.run(adapter, endpoint, Path.of(arguments.get("store")), arguments.getInt("clients"))
                : Measured.run(scenario, adapter, endpoint, arguments);
        StringBuilder line = new StringBuilder("result");
        figures.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
        System.out.println(line);
    }

    /** The argument with the port that the peer has for such a scenario. */
    private static String port(Scenario scenario) {
        return switch (scenario.kind()) {
            case IDLE, CONNECT -> "many";
            default -> scenario.webSocket() ? "web" : "port";
        };
    }
}
