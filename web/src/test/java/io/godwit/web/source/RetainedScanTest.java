package io.godwit.web.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetainedScanTest {
    private static final Duration PAUSE = Duration.ofMillis(300);

    @Test
    void what_is_retained_is_bounded_by_the_memory() throws Exception {
        try (MqttBroker broker = MqttBroker.start();
                MqttClient client = MqttClient.connect("mqtt://127.0.0.1:" + broker.port())) {
            for (int i = 0; i < 10; i++) {
                client.publish(Message.of("t/" + i, "x".repeat(1_000)).withRetain(true));
            }

            assertThat(scan(client, 20_000).messages(List.of("t/#"))).hasSize(10);
            assertThatThrownBy(() -> scan(client, 5_000).messages(List.of("t/#")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("use a narrower filter");
        }
    }

    private static RetainedScan scan(MqttClient client, long most) {
        return new RetainedScan(client, MqttProperties.NONE, PAUSE, most);
    }
}
