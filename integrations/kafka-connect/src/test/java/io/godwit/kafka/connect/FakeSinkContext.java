package io.godwit.kafka.connect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What a worker gives to a sink task; notes what the task asks for. */
final class FakeSinkContext implements SinkTaskContext {
    final Map<TopicPartition, Long> rewinds = new HashMap<>();
    final Set<TopicPartition> paused = new HashSet<>();
    final Set<TopicPartition> assigned = new HashSet<>();
    final List<SinkRecord> deadLetters = new ArrayList<>();
    final List<Throwable> reasons = new ArrayList<>();
    final FakeSourceContext.FakeMetrics metrics = new FakeSourceContext.FakeMetrics();
    boolean reports = true;
    long timeout = -1;

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        rewinds.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        rewinds.put(partition, offset);
    }

    @Override
    public void timeout(long timeoutMs) {
        timeout = timeoutMs;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assigned;
    }

    @Override
    public void pause(TopicPartition... partitions) {
        paused.addAll(Set.of(partitions));
    }

    @Override
    public void resume(TopicPartition... partitions) {
        paused.removeAll(Set.of(partitions));
    }

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return reports
                ? (record, error) -> {
                    deadLetters.add(record);
                    reasons.add(error);
                    return CompletableFuture.completedFuture(null);
                }
                : null;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
    }
}
