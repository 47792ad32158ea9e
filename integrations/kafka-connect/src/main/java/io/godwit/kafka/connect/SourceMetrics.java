package io.godwit.kafka.connect;

import java.util.concurrent.atomic.AtomicLong;

/** What a source task counts. */
final class SourceMetrics {
    // Any thread.
    final AtomicLong received = new AtomicLong();
    final AtomicLong duplicates = new AtomicLong();
    final AtomicLong committed = new AtomicLong();
    final AtomicLong skipped = new AtomicLong();
    final AtomicLong bad = new AtomicLong();

    void register(TaskMetrics metrics, ReceiveBuffer buffer, BrokerSession session) {
        metrics.add("messages-received-total", "Messages that arrived, repetitions included", received::get);
        metrics.add("messages-duplicate-total", "Messages that arrived with the DUP flag", duplicates::get);
        metrics.add("records-committed-total", "Records that Kafka has, acknowledged to the broker", committed::get);
        metrics.add("messages-skipped-total", "Messages that become no record: retained, or unwanted", skipped::get);
        metrics.add("messages-bad-total", "Messages of which no record could be made", bad::get);
        metrics.add("messages-uncommitted", "Messages that arrived and are not acknowledged", buffer::uncommitted);
        metrics.add("messages-waiting", "Of these, those that Connect has not polled", buffer::waiting);
        metrics.add("connected", "1 while connected to the broker", () -> session.isConnected() ? 1 : 0);
        metrics.add("connections-total", "How often it connected to the broker", session::connections);
    }
}
