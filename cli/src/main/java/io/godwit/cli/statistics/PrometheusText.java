package io.godwit.cli.statistics;

import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.ClientStatistics.RoundTrips;
import io.godwit.mqtt.protocol.Qos;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The statistics of clients as Prometheus reads them, under the names that godwit-micrometer gives them. Written by hand
 * rather than with a metrics library, which would make every command start later.
 */
final class PrometheusText {
    private final StringBuilder text = new StringBuilder();
    private final List<Client> clients;

    /**
     * What a client has counted at one moment.
     *
     * @param label names it
     */
    private record Client(String label, int connected, ClientStatistics statistics) {}

    private PrometheusText(List<Client> clients) {
        this.clients = clients;
    }

    static String of(List<StatisticsSource> sources) {
        PrometheusText text = new PrometheusText(sources.stream()
                .map(source -> new Client(label(source.name()), source.connected(), source.statistics()))
                .toList());
        text.connections();
        text.publishes();
        text.messages();
        text.counter("godwit_sent_bytes_total", ClientStatistics::bytesSent);
        text.counter("godwit_received_bytes_total", ClientStatistics::bytesReceived);
        return text.text.toString();
    }

    private static String label(String clientId) {
        return "client=\""
                + clientId.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private void connections() {
        type("godwit_connected", "gauge");
        clients.forEach(client -> line("godwit_connected", client, "", Integer.toString(client.connected)));
        counter("godwit_connections_total", all -> all.connections().made());
        counter("godwit_connections_lost_total", all -> all.connections().lost());
        counter("godwit_connect_attempts_total", all -> all.connections().attempts());
        counter("godwit_connect_failures_total", all -> all.connections().failedAttempts());
        times("godwit_ping_roundtrip_seconds", all -> all.connections().pings());
    }

    private void publishes() {
        type("godwit_publish_accepted_total", "counter");
        perQos("godwit_publish_accepted_total", "", all -> all.publishes().accepted());
        type("godwit_publish_ended_total", "counter");
        perQos(
                "godwit_publish_ended_total",
                ",outcome=\"acknowledged\"",
                all -> all.publishes().acknowledged());
        perQos(
                "godwit_publish_ended_total",
                ",outcome=\"failed\"",
                all -> all.publishes().failed());
        perQos(
                "godwit_publish_ended_total",
                ",outcome=\"expired\"",
                all -> all.publishes().expired());
        counter("godwit_publish_refused_total", all -> all.publishes().refused());
        gauge("godwit_publish_queued", all -> all.publishes().queue().messages());
        gauge("godwit_publish_queued_size_bytes", all -> all.publishes().queue().bytes());
        gauge(
                "godwit_publish_queued_age_seconds",
                all -> all.publishes().queue().oldest().toNanos() / 1e9);
        gauge("godwit_publish_inflight", all -> all.publishes().inFlight());
        times("godwit_publish_roundtrip_seconds", all -> all.publishes().acknowledgements());
    }

    private void messages() {
        type("godwit_messages_received_total", "counter");
        perQos("godwit_messages_received_total", "", all -> all.messages().received());
        counter("godwit_handled_total", all -> all.messages().handled());
        counter("godwit_handler_failures_total", all -> all.messages().failed());
        counter("godwit_unhandled_total", all -> all.messages().unhandled());
        counter("godwit_rejected_total", all -> all.messages().rejected());
        counter("godwit_dropped_total", all -> all.messages().dropped());
        gauge("godwit_inbox", all -> all.messages().inbox().messages());
        gauge("godwit_inbox_size_bytes", all -> all.messages().inbox().bytes());
    }

    private void counter(String name, ToLongFunction<ClientStatistics> value) {
        type(name, "counter");
        clients.forEach(client -> line(name, client, "", Long.toString(value.applyAsLong(client.statistics))));
    }

    private void gauge(String name, ToDoubleFunction<ClientStatistics> value) {
        type(name, "gauge");
        clients.forEach(client -> line(name, client, "", number(value.applyAsDouble(client.statistics))));
    }

    private void times(String name, Function<ClientStatistics, RoundTrips> value) {
        type(name, "summary");
        for (Client client : clients) {
            RoundTrips times = value.apply(client.statistics);
            line(name + "_count", client, "", Long.toString(times.count()));
            line(name + "_sum", client, "", number(times.total().toNanos() / 1e9));
        }
    }

    private void perQos(String name, String labels, Function<ClientStatistics, PerQos> value) {
        for (Client client : clients) {
            PerQos counts = value.apply(client.statistics);
            for (Qos qos : Qos.values()) {
                line(name, client, ",qos=\"" + qos.level() + "\"" + labels, Long.toString(counts.of(qos)));
            }
        }
    }

    private void type(String name, String type) {
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void line(String name, Client client, String labels, String value) {
        text.append(name)
                .append('{')
                .append(client.label)
                .append(labels)
                .append("} ")
                .append(value)
                .append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.9f", value);
    }
}
