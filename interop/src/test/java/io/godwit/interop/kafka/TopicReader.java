package io.godwit.interop.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic of Kafka from its beginning, and counts the numbers in it. */
final class TopicReader implements AutoCloseable {
    // Set once.
    final NumberLog log = new NumberLog();
    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;

    // Any thread.
    private volatile boolean closed;

    TopicReader(String kafka, String topic, int partitions) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka,
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        thread = new Thread(this::run, "reader");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> log.add(record.value()));
            } catch (WakeupException e) {
                // closed
            }
        }
        consumer.close();
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
    }
}
