package io.godwit.cli.bench;

import io.godwit.cli.bench.BenchResult.Client;
import io.godwit.cli.bench.BenchResult.Connections;
import io.godwit.cli.bench.BenchResult.Published;
import io.godwit.cli.bench.BenchResult.Received;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a result says, in words, for the tables of the terminal and of the HTML report. */
final class ReportRows {
    /** The percentiles that a table shows. */
    static final List<String> PERCENTILES = List.of("min", "p50", "p90", "p99", "p99.9", "p99.99", "max");

    private ReportRows() {}

    /** What was asked for. */
    static Map<String, String> settings(BenchPlan plan) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("broker", plan.servers());
        facts.put("protocol", "MQTT " + plan.version());
        facts.put(
                "connections",
                Formats.count(plan.connections()) + " (" + Formats.count(plan.publishers()) + " publish, "
                        + Formats.count(plan.subscribers()) + " subscribe, " + Formats.count(plan.idle()) + " idle)");
        if (plan.publishers() + plan.subscribers() > 0) {
            facts.put("topic", plan.topic() + (plan.publishers() == 0 ? "" : ", " + topology(plan)));
        }
        if (plan.publishers() > 0) {
            facts.put(
                    "QoS",
                    plan.qos().level() + ", subscribed with "
                            + plan.subscribeQos().level());
            facts.put("payload", payload(plan) + (plan.retain() ? ", retained" : ""));
            facts.put("rate", rate(plan));
        }
        if (!plan.disturbance().isNone()) {
            facts.put("disturbance", plan.disturbance().text());
        }
        facts.put(
                "ramp",
                plan.ramp() == 0 ? "as fast as possible, " + plan.connecting() + " at a time" : perSecond(plan.ramp()));
        facts.put("from", plan.sources().text());
        Duration duration = plan.duration();
        facts.put(
                "length",
                (plan.warmUp().isZero() ? "" : seconds(plan.warmUp()) + " warm-up, ")
                        + (duration == null ? "" : seconds(duration))
                        + (duration != null && plan.count() > 0 ? " or " : "")
                        + (plan.count() > 0 ? Formats.count(plan.count()) + " messages" : ""));
        return facts;
    }

    private static String payload(BenchPlan plan) {
        Contents contents = plan.contents();
        return contents == null
                ? plan.sizes().text() + " bytes"
                : contents.text() + (plan.numbersMessages() ? "" : ", only counted: their order needs -V 5");
    }

    private static String topology(BenchPlan plan) {
        String text = switch (plan.topics()) {
            case one -> "one for all";
            case each -> "one for each publisher, distributed over the subscribers";
            case all -> "one for each publisher, all to each subscriber";
        };
        return plan.shareName() == null ? text : text + ", shared as '" + plan.shareName() + "'";
    }

    private static String rate(BenchPlan plan) {
        return plan.rate() == 0
                ? "as fast as possible, " + plan.inFlight() + " in flight for each publisher"
                : perSecond(plan.rate() * plan.publishers()) + " in all, " + perSecond(plan.rate())
                        + " for each publisher";
    }

    private static String perSecond(double rate) {
        return Formats.rate(rate) + "/s";
    }

    private static String seconds(Duration duration) {
        return Formats.time(duration.toNanos());
    }

    /** What came of it, without the latencies. */
    static Map<String, String> results(BenchResult result) {
        BenchPlan plan = result.plan();
        Map<String, String> facts = new LinkedHashMap<>();
        Connections connections = result.connections();
        facts.put(
                "connected",
                Formats.count(connections.made()) + " of " + Formats.count(connections.asked()) + " in "
                        + Formats.time((long) (connections.seconds() * 1e9)) + " ("
                        + perSecond(connections.perSecond()) + ")"
                        + (connections.lost() == 0 ? "" : ", " + Formats.count(connections.lost()) + " lost"));
        if (plan.publishers() > 0) {
            facts.put("published", published(result));
        }
        if (plan.subscribers() > 0) {
            Received received = result.received();
            facts.put(
                    "received",
                    Formats.count(received.received())
                            + (plan.publishers() == 0 ? "" : " of " + Formats.count(received.expected()))
                            + (received.other() == 0 ? "" : ", " + Formats.count(received.other()) + " not of this run")
                            + "; " + perSecond(received.perSecond()) + ", " + Formats.bytes(received.bytesPerSecond())
                            + "/s");
        }
        if (plan.publishers() > 0 && plan.subscribers() > 0) {
            Received received = result.received();
            facts.put("lost", Formats.count(received.lost()));
            if (plan.numbersMessages()) {
                facts.put("duplicates", Formats.count(received.duplicates()));
                facts.put("out of order", Formats.count(received.outOfOrder()));
            }
        }
        if (!plan.disturbance().isNone()) {
            Distribution reconnect = result.sessions().reconnect();
            facts.put(
                    "cut",
                    Formats.count(result.sessions().cuts()) + ", " + Formats.count(reconnect.count()) + " came back");
        }
        Client client = result.client();
        facts.put(
                "this client",
                String.format(
                        Locale.ROOT,
                        "%.2f s of CPU in %.2f s (%.2f of %d cores), %s of memory, %s of it heap",
                        client.cpuSeconds(),
                        client.seconds(),
                        client.coresUsed(),
                        client.cores(),
                        Formats.bytes(client.residentBytes()),
                        Formats.bytes(client.heapBytes())));
        BenchResult.Limit limit = result.limit();
        if (limit != null) {
            facts.put("limit", limit.kind().text() + ": " + limit.why());
        }
        return facts;
    }

    private static String published(BenchResult result) {
        Published published = result.published();
        return Formats.count(published.sent()) + ", " + Formats.count(published.acknowledged())
                + (result.plan().qos() == Qos.AT_MOST_ONCE ? " written" : " acknowledged")
                + (published.failed() == 0 ? "" : ", " + Formats.count(published.failed()) + " failed")
                + (published.unanswered() == 0 ? "" : ", " + Formats.count(published.unanswered()) + " unanswered")
                + "; " + perSecond(published.perSecond()) + ", " + Formats.bytes(published.bytesPerSecond()) + "/s";
    }

    /** The latencies that there are, by name. */
    static Map<String, Distribution> latencies(BenchResult result) {
        Map<String, Distribution> all = new LinkedHashMap<>();
        all.put("end to end", result.endToEnd());
        all.put("acknowledgement", result.acknowledgement());
        all.put("sent late", result.plan().rate() > 0 ? result.lag() : Distribution.NONE);
        all.put("connect", result.connections().latency());
        all.put("reconnect", result.sessions().reconnect());
        all.put("subscribe", result.sessions().subscribe());
        all.put("unsubscribe", result.sessions().unsubscribe());
        all.values().removeIf(distribution -> distribution.count() == 0);
        return all;
    }

    /** The times of {@link #PERCENTILES}. */
    static List<String> times(Distribution times) {
        List<String> cells = new ArrayList<>();
        for (long nanos : new long[] {
            times.minimum(), times.p50(), times.p90(), times.p99(), times.p999(), times.p9999(), times.maximum()
        }) {
            cells.add(Formats.time(nanos));
        }
        return cells;
    }
}
