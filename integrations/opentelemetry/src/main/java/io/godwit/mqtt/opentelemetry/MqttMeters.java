package io.godwit.mqtt.opentelemetry;

import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.MessageListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of MQTT clients under the names that {@code godwit-micrometer} has. Most are read from the clients' statistics when
 * they are collected, so that a message costs nothing. Any thread.
 */
public final class MqttMeters implements MessageListener {
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client");
    private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server");
    private static final AttributeKey<String> QOS = AttributeKey.stringKey("qos");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");
    private static final AttributeKey<String> CAUSE = AttributeKey.stringKey("cause");
    private static final AttributeKey<String> PHASE = AttributeKey.stringKey("phase");
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

    // Set once.
    private final Meter meter;
    private final DoubleHistogram publishes;
    private final DoubleHistogram handlers;
    private final LongCounter connections;
    private final LongCounter lost;
    private final LongCounter failures;

    /** Any thread. */
    private final Set<MqttClient> clients = ConcurrentHashMap.newKeySet();

    private MqttMeters(OpenTelemetry openTelemetry) {
        this.meter = openTelemetry.getMeter("io.godwit.mqtt");
        this.publishes = seconds("godwit.publish", "From the call of publish to its acknowledgement or failure");
        this.handlers = seconds("godwit.handler", "The handlers of a message have run");
        this.connections = counter("godwit.connections", "Connections that were made");
        this.lost = counter("godwit.connections.lost", "Connections that have ended unasked");
        this.failures = counter("godwit.connect.failures", "Attempts to connect that have failed");
        observe();
    }

    /** Metrics for each client to whose builder this is added as a listener. */
    public static MqttMeters create(OpenTelemetry openTelemetry) {
        return new MqttMeters(openTelemetry);
    }

    private DoubleHistogram seconds(String name, String description) {
        return meter.histogramBuilder(name)
                .setUnit("s")
                .setDescription(description)
                .build();
    }

    private LongCounter counter(String name, String description) {
        return meter.counterBuilder(name).setDescription(description).build();
    }

    // ---- what is read from the statistics ----

    private void observe() {
        gauge(
                "godwit.connected",
                "1 while the client is connected",
                s -> s.connections().connectedSince() == null ? 0 : 1);
        counted(
                "godwit.connect.attempts",
                "Attempts to connect",
                s -> s.connections().attempts());
        counted(
                "godwit.publish.refused",
                "Publishes that were not accepted",
                s -> s.publishes().refused());
        counted(
                "godwit.publish.recovered",
                "Publishes that a session store has kept",
                s -> s.publishes().recovered());
        counted(
                "godwit.handled",
                "Messages whose handlers have returned",
                s -> s.messages().handled());
        counted(
                "godwit.handler.failures",
                "Exceptions that handlers have thrown",
                s -> s.messages().failed());
        counted(
                "godwit.unhandled",
                "Messages for which no handler was there",
                s -> s.messages().unhandled());
        counted(
                "godwit.rejected",
                "Messages that were refused to the broker",
                s -> s.messages().rejected());
        counted(
                "godwit.dropped",
                "Messages of QoS 0 that were dropped because too much waited for blocked handlers",
                s -> s.messages().dropped());
        counted(
                "godwit.store.failures",
                "Failed writes of the session store",
                s -> s.store().failures());
        counted("godwit.sent", "Bytes that were sent in MQTT packets", ClientStatistics::bytesSent);
        counted("godwit.received", "Bytes that were received in MQTT packets", ClientStatistics::bytesReceived);
        gauge(
                "godwit.publish.queued",
                "Publishes that wait to be sent",
                s -> s.publishes().queue().messages());
        gauge(
                "godwit.publish.queued.size",
                "Bytes of publishes that wait",
                s -> s.publishes().queue().bytes());
        gauge(
                "godwit.publish.inflight",
                "Packets that are sent and not acknowledged",
                s -> s.publishes().inFlight());
        gauge(
                "godwit.inbox",
                "Messages that wait for handlers",
                s -> s.messages().inbox().messages());
        gauge(
                "godwit.inbox.size",
                "Bytes that wait for handlers",
                s -> s.messages().inbox().bytes());
        meter.gaugeBuilder("godwit.publish.queued.age")
                .setUnit("s")
                .setDescription("How long the oldest publish has waited to be sent")
                .buildWithCallback(measured -> clients.forEach(client -> measured.record(
                        client.statistics().publishes().queue().oldest().toNanos() / 1e9, attributes(client))));
        perQos(
                "godwit.publish.accepted",
                "Publishes that were sent or queued",
                null,
                s -> s.publishes().accepted());
        perQos(
                "godwit.messages.received",
                "Messages from the broker",
                null,
                s -> s.messages().received());
        meter.counterBuilder("godwit.publish.ended")
                .setDescription("Publishes that have ended")
                .buildWithCallback(measured -> clients.forEach(client -> {
                    ClientStatistics.Publishes ended = client.statistics().publishes();
                    record(measured, client, ended.acknowledged(), "acknowledged");
                    record(measured, client, ended.failed(), "failed");
                    record(measured, client, ended.expired(), "expired");
                }));
    }

    private void counted(String name, String description, ToLongFunction<ClientStatistics> value) {
        meter.counterBuilder(name)
                .setDescription(description)
                .buildWithCallback(measured -> clients.forEach(
                        client -> measured.record(value.applyAsLong(client.statistics()), attributes(client))));
    }

    private void gauge(String name, String description, ToLongFunction<ClientStatistics> value) {
        meter.gaugeBuilder(name)
                .ofLongs()
                .setDescription(description)
                .buildWithCallback(measured -> clients.forEach(
                        client -> measured.record(value.applyAsLong(client.statistics()), attributes(client))));
    }

    private void perQos(
            String name, String description, @Nullable String outcome, Function<ClientStatistics, PerQos> value) {
        meter.counterBuilder(name)
                .setDescription(description)
                .buildWithCallback(measured ->
                        clients.forEach(client -> record(measured, client, value.apply(client.statistics()), outcome)));
    }

    private static void record(
            ObservableLongMeasurement measured, MqttClient client, PerQos counts, @Nullable String outcome) {
        for (Qos qos : Qos.values()) {
            Attributes with = attributes(client).toBuilder()
                    .put(QOS, Integer.toString(qos.level()))
                    .build();
            measured.record(
                    counts.of(qos),
                    outcome == null
                            ? with
                            : with.toBuilder().put(OUTCOME, outcome).build());
        }
    }

    private static Attributes attributes(MqttClient client) {
        return Attributes.of(CLIENT, client.clientId());
    }

    // ---- callbacks ----

    @Override
    public void built(MqttClient client, int recovered, int subscriptions) {
        clients.add(client);
    }

    @Override
    public void closed(MqttClient client) {
        clients.remove(client);
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        connections.add(1, Attributes.of(CLIENT, client.clientId(), SERVER, withoutQuery(result.server())));
    }

    @Override
    public void connectFailed(MqttClient client, ConnectFailure failure, @Nullable Duration next) {
        failures.add(
                1,
                Attributes.of(
                        CLIENT,
                        client.clientId(),
                        PHASE,
                        lower(failure.phase().name()),
                        REASON,
                        lower(failure.reason().name())));
    }

    @Override
    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
        if (cause.endedBy() != EndedBy.APPLICATION) {
            lost.add(
                    1,
                    Attributes.of(
                            CLIENT,
                            client.clientId(),
                            CAUSE,
                            lower(cause.endedBy().name())));
        }
    }

    @Override
    public void publishAcknowledged(MqttClient client, Message message, PublishResult result, Duration took) {
        record(publishes, client, message, "acknowledged", took);
    }

    @Override
    public void publishFailed(MqttClient client, Message message, MqttException failure, Duration took) {
        String outcome = failure instanceof PublishException publish
                ? lower(publish.kind().name())
                : "failed";
        record(publishes, client, message, outcome, took);
    }

    @Override
    public void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {
        record(handlers, client, message, failure == null ? "success" : "failure", took);
    }

    private static void record(DoubleHistogram to, MqttClient client, Message message, String outcome, Duration took) {
        to.record(
                took.toNanos() / 1e9,
                Attributes.of(
                        CLIENT,
                        client.clientId(),
                        QOS,
                        Integer.toString(message.qos().level()),
                        OUTCOME,
                        outcome));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** A query may contain a signature that lets its owner connect. */
    private static String withoutQuery(String address) {
        int query = address.indexOf('?');
        return query < 0 ? address : address.substring(0, query);
    }
}
