package io.godwit.benchmarks.runner;

import io.godwit.benchmarks.Scenario;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One figure of a scenario.
 *
 * @param unit what it counts, as the head of a column
 * @param more whether more of it is better
 */
record Measure(String unit, boolean more, ToDoubleFunction<Result> figure) {

    private static final double KIBI = 1024;

    static final Measure CPU = less("CPU seconds per million messages", Result::cpuSecondsPerMillion);
    static final Measure BYTES = less("bytes allocated per message", Result::bytesPerMessage);

    /** What the scenario is about. */
    static Measure of(Scenario scenario) {
        return switch (scenario.kind()) {
            case PUBLISH, RECEIVE, RELAY -> more("thousand messages a second", result -> result.perSecond() / 1e3);
            case ROUND_TRIP, LATENCY -> less("microseconds, p50", result -> result.figure("p50"));
            // Not the heap: one of the clients keeps its state outside of it.
            case IDLE -> less("KB resident per connection", result -> result.figure("rss") / KIBI);
            case CONNECT -> more("connections opened and closed a second", Result::perSecond);
            case STORM -> less("seconds until all clients are back", result -> result.figure("seconds"));
            case FIRST_PUBACK -> less("milliseconds from JVM start to first PUBACK", result -> result.figure("millis"));
        };
    }

    /** What else it tells. */
    static List<Measure> others(Scenario scenario) {
        return switch (scenario.kind()) {
            case PUBLISH, RECEIVE, RELAY -> List.of(CPU, BYTES, cores(), peerCores());
            case ROUND_TRIP -> List.of(less("p99.9", result -> result.figure("p999")));
            case LATENCY ->
                List.of(
                        less("p99", result -> result.figure("p99")),
                        less("p99.9", result -> result.figure("p999")),
                        more("messages a second", result -> result.figure("perSecond")),
                        cores());
            case IDLE ->
                List.of(
                        less("KB of heap", result -> result.figure("heap") / KIBI),
                        less("threads of the JVM", result -> result.figure("threads")));
            case CONNECT ->
                List.of(
                        less("CPU milliseconds per connection", result -> result.cpuSecondsPerMillion() / 1e3),
                        peerCores());
            case STORM ->
                List.of(
                        less("seconds until half are back", result -> result.figure("half")),
                        less("CPU seconds", result -> result.figure("cpu")),
                        less("CPU seconds of the broker", result -> result.figure("peerCpu")));
            case FIRST_PUBACK -> List.of();
        };
    }

    /** The peer must never be the limit: a busy core of the client beside an idle one of the peer shows it. */
    private static Measure peerCores() {
        return less("cores busy in the peer", Result::peerCores);
    }

    private static Measure cores() {
        return less("cores busy in the client", Result::cores);
    }

    private static Measure more(String unit, ToDoubleFunction<Result> figure) {
        return new Measure(unit, true, figure);
    }

    private static Measure less(String unit, ToDoubleFunction<Result> figure) {
        return new Measure(unit, false, figure);
    }

    /** How many times as good the one value is as the other. */
    double advantage(double value, double over) {
        return more ? value / over : over / value;
    }
}
