package io.godwit.interop.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Programs;
import io.godwit.mqtt.protocol.Qos;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the campaign, in every build: a worker that is killed and a connection that is cut, in both directions. */
@Timeout(600)
class KafkaConnectTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void what_is_acknowledged_is_in_kafka_after_a_killed_worker_and_a_cut_and_comes_back_by_the_sink()
            throws Exception {
        Programs.require("mosquitto");
        try (ConnectCluster cluster = new ConnectCluster(
                folder,
                CampaignBroker.MOSQUITTO,
                "",
                PluginFolder.create(folder),
                ConnectCluster.SAME_RELEASE,
                ConnectCluster.START_FAST)) {
            cluster.createTopic(ConnectCluster.TOPIC);
            ServerScript worker = cluster.startWorker("worker1");
            cluster.rest.put("source", cluster.source(ConnectCluster.TOPIC, "tasks.max", "2"));
            cluster.rest.put("sink", cluster.sink());
            cluster.awaitTasks("source", 2);
            cluster.awaitTasks("sink", 1);
            try (TopicReader topic =
                            new TopicReader(cluster.kafka.address(), ConnectCluster.TOPIC, ConnectCluster.PARTITIONS);
                    ReturnReader returned = new ReturnReader(cluster.broker());
                    NumberedPublisher once = new NumberedPublisher("a", Qos.AT_LEAST_ONCE, cluster.broker(), 100);
                    NumberedPublisher twice = new NumberedPublisher("b", Qos.EXACTLY_ONCE, cluster.broker(), 100)) {
                await().atMost(LIMIT).until(() -> returned.log.total() > 100);

                cluster.proxy.cut();
                worker.kill();
                worker.start();
                once.finish();
                twice.finish();

                var acknowledged = ConnectCluster.acknowledged(List.of(once, twice));
                await().atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(topic.log.missing(acknowledged)).isEmpty());
                await().atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(returned.log.missing(acknowledged)).isEmpty());
                assertThat(cluster.rest.failed("source")).isZero();
                assertThat(cluster.rest.failed("sink")).isZero();
            }
        }
    }
}
