package io.godwit.kafka.connect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers with Connect what a task measures; it is in JMX under {@code kafka.connect:type=plugins}. A worker that could not
 * stop a task in time may start it again while the earlier run still has its metrics, which have the same names: those are
 * registered when the earlier run has ended. Task thread only.
 */
final class TaskMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(TaskMetrics.class);

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Metric(String name, String description, Supplier<Number> value) {}

    // Set once.
    private final Supplier<PluginMetrics> registry;

    // Task thread only.
    private final List<Metric> waiting = new ArrayList<>();
    private long lastAttempt;

    TaskMetrics(Supplier<PluginMetrics> registry) {
        this.registry = registry;
    }

    /** Registers a metric, now or in a later {@link #retry()}. */
    void add(String name, String description, Supplier<Number> value) {
        Metric metric = new Metric(name, description, value);
        if (!register(metric)) {
            if (waiting.isEmpty()) {
                LOG.info("an earlier run of this task has not ended and still has the metric {}; trying again", name);
                lastAttempt = System.nanoTime();
            }
            waiting.add(metric);
        }
    }

    /** Tries again what is not registered yet, at most once a second. */
    void retry() {
        if (!waiting.isEmpty() && System.nanoTime() - lastAttempt >= RETRY_NANOS) {
            lastAttempt = System.nanoTime();
            waiting.removeIf(this::register);
        }
    }

    /** False: there is a metric with this name. */
    private boolean register(Metric metric) {
        try {
            PluginMetrics metrics = registry.get();
            metrics.addMetric(
                    metrics.metricName(metric.name(), metric.description(), new LinkedHashMap<>()),
                    (Gauge<Number>) (config, now) -> metric.value().get());
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        } catch (NoSuchMethodError | NoClassDefFoundError e) {
            return true; // workers before Kafka 4.1 have no metrics of plugins
        }
    }
}
