package io.godwit.kafka.connect;

import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;

/** What a task counts. Registered with Connect, they are in JMX under {@code kafka.connect:type=plugins}. */
final class SourceMetrics {
    // Any thread.
    final AtomicLong received = new AtomicLong();
    final AtomicLong duplicates = new AtomicLong();
    final AtomicLong committed = new AtomicLong();
    final AtomicLong skipped = new AtomicLong();
    final AtomicLong bad = new AtomicLong();

    void register(Supplier<PluginMetrics> metrics, ReceiveBuffer buffer, BrokerSession session) {
        register(metrics, "messages-received-total", "Messages that arrived, repetitions included", received::get);
        register(metrics, "messages-duplicate-total", "Messages that arrived with the DUP flag", duplicates::get);
        register(
                metrics,
                "records-committed-total",
                "Records that Kafka has, acknowledged to the broker",
                committed::get);
        register(
                metrics,
                "messages-skipped-total",
                "Messages that become no record: retained, or unwanted",
                skipped::get);
        register(metrics, "messages-bad-total", "Messages of which no record could be made", bad::get);
        register(
                metrics, "messages-uncommitted", "Messages that arrived and are not acknowledged", buffer::uncommitted);
        register(metrics, "messages-waiting", "Of these, those that Connect has not polled", buffer::waiting);
        register(metrics, "connected", "1 while connected to the broker", () -> session.isConnected() ? 1 : 0);
        register(metrics, "connections-total", "How often it connected to the broker", session::connections);
    }

    static void register(Supplier<PluginMetrics> metrics, String name, String description, Supplier<Number> value) {
        try {
            PluginMetrics registry = metrics.get();
            LinkedHashMap<String, String> tags = new LinkedHashMap<>();
            registry.addMetric(
                    registry.metricName(name, description, tags), (Gauge<Number>) (config, now) -> value.get());
        } catch (NoSuchMethodError | NoClassDefFoundError e) {
            // Workers before Kafka 4.1 have no metrics of plugins.
        }
    }
}
