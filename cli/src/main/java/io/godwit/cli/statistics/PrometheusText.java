package io.godwit.cli.statistics;

import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.ClientStatistics.RoundTrips;
import io.godwit.mqtt.protocol.Qos;
import java.util.Locale;

/**
 * The statistics of a client as Prometheus reads them, under the names that godwit-micrometer gives them. Written by hand
 * rather than with a metrics library, which would make every command start later.
 */
final class PrometheusText {
    private final StringBuilder text = new StringBuilder();
    private final String client;

    private PrometheusText(String clientId) {
        this.client = "client=\""
                + clientId.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    static String of(String clientId, ClientStatistics all) {
        PrometheusText text = new PrometheusText(clientId);
        text.connections(all.connections());
        text.publishes(all.publishes());
        text.messages(all.messages());
        text.counter("godwit_sent_bytes_total", all.bytesSent());
        text.counter("godwit_received_bytes_total", all.bytesReceived());
        return text.text.toString();
    }

    private void connections(ClientStatistics.Connections connections) {
        gauge("godwit_connected", connections.connectedSince() == null ? 0 : 1);
        counter("godwit_connections_total", connections.made());
        counter("godwit_connections_lost_total", connections.lost());
        counter("godwit_connect_attempts_total", connections.attempts());
        counter("godwit_connect_failures_total", connections.failedAttempts());
        times("godwit_ping_roundtrip_seconds", connections.pings());
    }

    private void publishes(ClientStatistics.Publishes publishes) {
        type("godwit_publish_accepted_total", "counter");
        perQos("godwit_publish_accepted_total", "", publishes.accepted());
        type("godwit_publish_ended_total", "counter");
        perQos("godwit_publish_ended_total", ",outcome=\"acknowledged\"", publishes.acknowledged());
        perQos("godwit_publish_ended_total", ",outcome=\"failed\"", publishes.failed());
        perQos("godwit_publish_ended_total", ",outcome=\"expired\"", publishes.expired());
        counter("godwit_publish_refused_total", publishes.refused());
        gauge("godwit_publish_queued", publishes.queue().messages());
        gauge("godwit_publish_queued_size_bytes", publishes.queue().bytes());
        gauge("godwit_publish_queued_age_seconds", publishes.queue().oldest().toNanos() / 1e9);
        gauge("godwit_publish_inflight", publishes.inFlight());
        times("godwit_publish_roundtrip_seconds", publishes.acknowledgements());
    }

    private void messages(ClientStatistics.Messages messages) {
        type("godwit_messages_received_total", "counter");
        perQos("godwit_messages_received_total", "", messages.received());
        counter("godwit_handled_total", messages.handled());
        counter("godwit_handler_failures_total", messages.failed());
        counter("godwit_unhandled_total", messages.unhandled());
        counter("godwit_rejected_total", messages.rejected());
        gauge("godwit_inbox", messages.inbox().messages());
        gauge("godwit_inbox_size_bytes", messages.inbox().bytes());
    }

    private void counter(String name, long value) {
        type(name, "counter");
        line(name, "", Long.toString(value));
    }

    private void gauge(String name, double value) {
        type(name, "gauge");
        line(name, "", number(value));
    }

    private void times(String name, RoundTrips times) {
        type(name, "summary");
        line(name + "_count", "", Long.toString(times.count()));
        line(name + "_sum", "", number(times.total().toNanos() / 1e9));
    }

    private void perQos(String name, String labels, PerQos counts) {
        for (Qos qos : Qos.values()) {
            line(name, ",qos=\"" + qos.level() + "\"" + labels, Long.toString(counts.of(qos)));
        }
    }

    private void type(String name, String type) {
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void line(String name, String labels, String value) {
        text.append(name)
                .append('{')
                .append(client)
                .append(labels)
                .append("} ")
                .append(value)
                .append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.9f", value);
    }
}
