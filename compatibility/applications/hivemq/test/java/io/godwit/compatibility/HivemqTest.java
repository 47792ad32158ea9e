package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Both clients in one JVM, talking to each other. */
class HivemqTest {
    @Test
    void both_clients_share_one_netty() throws Exception {
        try (Scenario scenario = Scenario.start()) {
            assertEquals(System.getProperty("netty.line"), NettyInUse.line());
            Mqtt3BlockingClient hivemq = Mqtt3Client.builder()
                    .identifier("hivemq")
                    .serverHost(scenario.broker().host())
                    .serverPort(scenario.broker().port())
                    .buildBlocking();
            hivemq.connect();
            try (var received = hivemq.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
                hivemq.subscribeWith()
                        .topicFilter("to/hivemq")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .send();

                scenario.client().publish(Message.of("to/hivemq", "from godwit").withQos(Qos.AT_LEAST_ONCE));
                var publish = received.receive(20, TimeUnit.SECONDS);
                assertTrue(publish.isPresent());
                assertEquals(
                        "from godwit",
                        StandardCharsets.UTF_8
                                .decode(publish.get().getPayload().orElseThrow())
                                .toString());

                hivemq.publishWith()
                        .topic("to/godwit")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .payload("from hivemq".getBytes(StandardCharsets.UTF_8))
                        .send();
                scenario.expect("from hivemq");
            }
            hivemq.disconnect();
            scenario.run();
        }
    }
}
