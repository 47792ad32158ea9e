package io.godwit.kafka.connect;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.source.SourceConnectorContext;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What a worker gives to a connector and its tasks: offsets in a map. */
final class FakeSourceContext implements SourceTaskContext, SourceConnectorContext, ConnectorContext {
    final Map<Map<String, ?>, Map<String, Object>> offsets = new HashMap<>();
    final FakeMetrics metrics = new FakeMetrics();

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return new OffsetStorageReader() {
            @Override
            public <T> Map<String, Object> offset(Map<String, T> partition) {
                return offsets.get(partition);
            }

            @Override
            public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
                Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
                partitions.forEach(partition -> found.put(partition, offsets.get(partition)));
                return found;
            }
        };
    }

    @Override
    public void requestTaskReconfiguration() {}

    @Override
    public void raiseError(Exception e) {
        throw new IllegalStateException(e);
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
    }

    /** Keeps their names and gauges. As in a worker, there is one metric of each name. */
    static final class FakeMetrics implements PluginMetrics {
        final Set<String> names = new HashSet<>();
        private final Map<String, Gauge<?>> gauges = new HashMap<>();

        long value(String name) {
            return ((Number) gauges.get(name).value(null, 0)).longValue();
        }

        @Override
        public MetricName metricName(String name, String description, LinkedHashMap<String, String> tags) {
            return new MetricName(name, "plugins", description, tags);
        }

        @Override
        public void addMetric(MetricName metricName, MetricValueProvider<?> metricValueProvider) {
            if (!names.add(metricName.name())) {
                throw new IllegalArgumentException("A metric named '" + metricName + "' already exists");
            }
            gauges.put(metricName.name(), (Gauge<?>) metricValueProvider);
        }

        @Override
        public void removeMetric(MetricName metricName) {
            names.remove(metricName.name());
        }

        @Override
        public Sensor addSensor(String name) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void removeSensor(String name) {}
    }
}
