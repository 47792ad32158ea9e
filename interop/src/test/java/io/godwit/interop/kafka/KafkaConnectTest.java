package io.godwit.interop.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Qos;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the campaign, in every build: one worker that is killed, a connection that is cut, and the way back. */
@Timeout(600)
class KafkaConnectTest {
    @TempDir
    Path folder;

    @Test
    void what_is_acknowledged_is_in_kafka_after_a_killed_worker_and_a_cut_and_comes_back_by_the_sink()
            throws Exception {
        try (ConnectCluster cluster = new ConnectCluster(folder)) {
            cluster.createTopic("numbers");
            KafkaScript worker = cluster.startWorker("worker1");
            cluster.rest.put("source", cluster.source("numbers", "tasks.max", "2"));
            cluster.awaitTasks("source", 2);
            try (TopicReader reader = new TopicReader(cluster.kafka.address(), "numbers", ConnectCluster.PARTITIONS);
                    NumberedPublisher once = new NumberedPublisher("a", Qos.AT_LEAST_ONCE, cluster.broker(), 100);
                    NumberedPublisher twice = new NumberedPublisher("b", Qos.EXACTLY_ONCE, cluster.broker(), 100)) {
                List<NumberedPublisher> publishers = List.of(once, twice);
                await().atMost(Duration.ofMinutes(1)).until(() -> reader.records() > 100);

                cluster.proxy.cut();
                worker.kill();
                worker.start();
                once.finish();
                twice.finish();

                boolean complete = ConnectCluster.awaitComplete(reader, publishers, Duration.ofMinutes(2));
                assertThat(reader.missing(publishers)).isEmpty();
                assertThat(complete).isTrue();
                assertThat(cluster.rest.failed("source")).isZero();
                returnsThroughTheSink(cluster, once.acknowledged().cardinality());
            }
        }
    }

    private static void returnsThroughTheSink(ConnectCluster cluster, int numbers) throws Exception {
        Set<String> returned = ConcurrentHashMap.newKeySet();
        try (MqttClient client = MqttClient.connect(cluster.broker())) {
            client.subscribe("back/numbers/a", message -> returned.add(message.text()));
            cluster.rest.put(
                    "sink",
                    Map.of(
                            "connector.class", "io.godwit.kafka.connect.MqttSinkConnector",
                            "topics", "numbers",
                            "mqtt.server.uri", cluster.broker(),
                            "mqtt.topic", "back/{key}"));
            await().atMost(Duration.ofMinutes(1)).until(() -> returned.size() >= numbers);
        }
    }
}
