package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PublishWindowTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final byte[] MEGABYTE = new byte[1 << 20];

    @Test
    void more_than_the_queue_takes_is_published_without_a_failure() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            PublishWindow window = new PublishWindow(client, LIMIT, () -> {});
            for (int i = 0; i < 100; i++) {
                window.publish(Message.of("large", MEGABYTE));
            }
            window.await();

            assertThat(window.failure()).isNull();
        }
    }

    @Test
    void what_is_not_acknowledged_in_time_is_counted() throws Exception {
        try (TestBroker broker = TestBroker.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                MqttClient client = MqttClient.connect(proxy.uri())) {
            proxy.blackhole();
            PublishWindow window = new PublishWindow(client, Duration.ofMillis(100), () -> {});
            window.publish(Message.of("a", "1"));
            window.publish(Message.of("a", "2"));

            assertThatThrownBy(() -> window.await())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("2 messages were not acknowledged within 0.1 s");
        }
    }

    @Test
    void the_first_failure_is_kept() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder().server(broker.uri()).build()) {
            PublishWindow window = new PublishWindow(client, LIMIT, () -> {});
            window.publish(Message.of("a", "not connected"));

            assertThat(window.failed()).isOne();
            assertThat(window.failure()).isInstanceOf(NotConnectedException.class);
        }
    }
}
