package io.godwit.interop.kafka;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic of Kafka from its beginning, and counts which numbers of which publishers are in it, and how often. */
final class TopicReader implements AutoCloseable {
    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;

    // Written by the reader's thread.
    private final Map<String, BitSet> seen = new ConcurrentHashMap<>();
    private volatile long records;
    private volatile long duplicates;
    private volatile long longestGapMillis;
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
        thread.start();
    }

    private void run() {
        long last = System.nanoTime();
        while (!closed) {
            try {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    longestGapMillis = Math.max(longestGapMillis, (System.nanoTime() - last) / 1_000_000);
                    last = System.nanoTime();
                    int colon = record.value().indexOf(':');
                    count(
                            record.value().substring(0, colon),
                            Integer.parseInt(record.value().substring(colon + 1)));
                }
            } catch (WakeupException e) {
                // closed
            }
        }
        consumer.close();
    }

    private void count(String publisher, int number) {
        records++;
        BitSet numbers = seen.computeIfAbsent(publisher, name -> new BitSet());
        synchronized (numbers) {
            if (numbers.get(number)) {
                duplicates++;
            }
            numbers.set(number);
        }
    }

    /** How many numbers that were acknowledged are not in the topic, by publisher; empty if there are none. */
    Map<String, Integer> missing(Collection<NumberedPublisher> publishers) {
        Map<String, Integer> missing = new HashMap<>();
        for (NumberedPublisher publisher : publishers) {
            BitSet acknowledged = publisher.acknowledged();
            BitSet numbers = seen.getOrDefault(publisher.name(), new BitSet());
            synchronized (numbers) {
                acknowledged.andNot(numbers);
            }
            if (!acknowledged.isEmpty()) {
                missing.put(publisher.name(), acknowledged.cardinality());
            }
        }
        return missing;
    }

    long records() {
        return records;
    }

    long duplicates() {
        return duplicates;
    }

    /** The longest time without a record. */
    long longestGapMillis() {
        return longestGapMillis;
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
    }
}
