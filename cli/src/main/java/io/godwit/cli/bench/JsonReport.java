package io.godwit.cli.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/** The result as one JSON object, in the form that docs/bench.md describes. Times are milliseconds, unless a name says seconds. */
public final class JsonReport {
    private final JsonGenerator json;

    private JsonReport(JsonGenerator json) {
        this.json = json;
    }

    /** The object, on one line. */
    public static String of(BenchResult result) {
        return Json.object(json -> new JsonReport(json).write(result));
    }

    private void write(BenchResult result) throws IOException {
        json.writeNumberField("format", 1);
        json.writeStringField("started", result.started().toString());
        settings(result.plan());
        verdict(result);
        connections(result.connections(), result.sessions().cuts());
        published(result.published());
        received(result.received());
        json.writeObjectFieldStart("latency");
        distribution("endToEnd", result.endToEnd());
        distribution("acknowledgement", result.acknowledgement());
        distribution("sentLate", result.lag());
        distribution("connect", result.connections().latency());
        distribution("reconnect", result.sessions().reconnect());
        distribution("subscribe", result.sessions().subscribe());
        distribution("unsubscribe", result.sessions().unsubscribe());
        json.writeEndObject();
        client(result.client());
        history(result.history());
    }

    private void settings(BenchPlan plan) throws IOException {
        json.writeObjectFieldStart("settings");
        json.writeStringField("broker", plan.servers());
        json.writeStringField("protocol", plan.version().toString());
        json.writeNumberField("connections", plan.connections());
        json.writeNumberField("publishers", plan.publishers());
        json.writeNumberField("subscribers", plan.subscribers());
        json.writeStringField("topics", plan.topics().name());
        json.writeStringField("topic", plan.topic());
        json.writeStringField("share", plan.shareName());
        json.writeNumberField("qos", plan.qos().level());
        json.writeNumberField("subscribeQos", plan.subscribeQos().level());
        json.writeNumberField("sizeLeast", plan.sizes().least());
        json.writeNumberField("sizeMost", plan.sizes().most());
        Contents contents = plan.contents();
        json.writeStringField("payload", contents == null ? null : contents.text());
        json.writeStringField(
                "disturbance",
                plan.disturbance().isNone() ? null : plan.disturbance().text());
        json.writeBooleanField("retain", plan.retain());
        number("ratePerPublisher", plan.rate());
        json.writeNumberField("maxInFlight", plan.inFlight());
        number("rampPerSecond", plan.ramp());
        number("warmUpSeconds", plan.warmUp().toNanos() / 1e9);
        var duration = plan.duration();
        if (duration == null) {
            json.writeNullField("durationSeconds");
        } else {
            number("durationSeconds", duration.toNanos() / 1e9);
        }
        json.writeNumberField("count", plan.count());
        json.writeEndObject();
    }

    private void verdict(BenchResult result) throws IOException {
        BenchResult.Verdict verdict = result.verdict();
        json.writeObjectFieldStart("verdict");
        json.writeNumberField("exitCode", verdict.exitCode());
        strings("broken", verdict.broken());
        strings("warnings", verdict.warnings());
        BenchResult.Limit limit = result.limit();
        json.writeStringField("limit", limit == null ? null : limit.kind().text());
        json.writeStringField("limitWhy", limit == null ? null : limit.why());
        json.writeObjectFieldStart("problems");
        for (Map.Entry<String, Long> problem : result.problems().entrySet()) {
            json.writeNumberField(problem.getKey(), problem.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void strings(String name, List<String> all) throws IOException {
        json.writeArrayFieldStart(name);
        for (String one : all) {
            json.writeString(one);
        }
        json.writeEndArray();
    }

    private void connections(BenchResult.Connections connections, long cuts) throws IOException {
        json.writeObjectFieldStart("connections");
        json.writeNumberField("asked", connections.asked());
        json.writeNumberField("made", connections.made());
        json.writeNumberField("failed", connections.failed());
        json.writeNumberField("lost", connections.lost());
        json.writeNumberField("cut", cuts);
        json.writeNumberField("upAtEnd", connections.upAtEnd());
        number("seconds", connections.seconds());
        number("perSecond", connections.perSecond());
        json.writeEndObject();
    }

    private void published(BenchResult.Published published) throws IOException {
        json.writeObjectFieldStart("published");
        json.writeNumberField("sent", published.sent());
        json.writeNumberField("acknowledged", published.acknowledged());
        json.writeNumberField("failed", published.failed());
        json.writeNumberField("unanswered", published.unanswered());
        number("perSecond", published.perSecond());
        number("bytesPerSecond", published.bytesPerSecond());
        json.writeEndObject();
    }

    private void received(BenchResult.Received received) throws IOException {
        json.writeObjectFieldStart("received");
        json.writeNumberField("expected", received.expected());
        json.writeNumberField("received", received.received());
        json.writeNumberField("unique", received.unique());
        json.writeNumberField("lost", received.lost());
        json.writeNumberField("duplicates", received.duplicates());
        json.writeNumberField("outOfOrder", received.outOfOrder());
        json.writeNumberField("other", received.other());
        number("perSecond", received.perSecond());
        number("bytesPerSecond", received.bytesPerSecond());
        json.writeEndObject();
    }

    private void distribution(String name, Distribution times) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", times.count());
        if (times.count() > 0) {
            milliseconds("minimum", times.minimum());
            milliseconds("mean", times.mean());
            milliseconds("p50", times.p50());
            milliseconds("p90", times.p90());
            milliseconds("p95", times.p95());
            milliseconds("p99", times.p99());
            milliseconds("p99.9", times.p999());
            milliseconds("p99.99", times.p9999());
            milliseconds("maximum", times.maximum());
            json.writeArrayFieldStart("buckets");
            for (Distribution.Bucket bucket : times.buckets()) {
                json.writeStartObject();
                milliseconds("from", bucket.first());
                milliseconds("below", bucket.end());
                json.writeNumberField("count", bucket.count());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void client(BenchResult.Client client) throws IOException {
        json.writeObjectFieldStart("client");
        number("cpuSeconds", client.cpuSeconds());
        number("seconds", client.seconds());
        number("coresUsed", client.coresUsed());
        json.writeNumberField("cores", client.cores());
        number("machineLoad", client.machineLoad());
        json.writeNumberField("heapBytes", client.heapBytes());
        json.writeNumberField("residentBytes", client.residentBytes());
        json.writeEndObject();
    }

    private void history(Timeline.History history) throws IOException {
        json.writeArrayFieldStart("timeline");
        for (Timeline.Sample sample : history.samples()) {
            json.writeStartObject();
            number("seconds", sample.seconds());
            json.writeStringField("phase", sample.phase().text());
            number("sentPerSecond", sample.sentPerSecond());
            number("receivedPerSecond", sample.receivedPerSecond());
            json.writeNumberField("inFlight", sample.inFlight());
            milliseconds("p50", sample.p50());
            milliseconds("p99", sample.p99());
            milliseconds("maximum", sample.maximum());
            json.writeNumberField("connections", sample.connections());
            json.writeNumberField("problems", sample.problems());
            number("coresUsed", sample.coresUsed());
            number("machineLoad", sample.machineLoad());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void milliseconds(String name, double nanos) throws IOException {
        number(name, nanos / 1e6);
    }

    /** With at most three decimals, and without an exponent. */
    private void number(String name, double value) throws IOException {
        json.writeFieldName(name);
        json.writeNumber(new BigDecimal(value)
                .setScale(3, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString());
    }
}
