package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RetriedSubscribeTest {
    @Test
    void a_subscribe_that_timed_out_and_is_tried_again_handles_each_message_once() {
        AtomicInteger calls = new AtomicInteger();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .callTimeout(Duration.ofMillis(200))
                        .closeTimeout(Duration.ofMillis(200))
                        .build()) {
            client.connectAsync().join();
            broker.silent(true);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> client.subscribe("t", message -> calls.incrementAndGet()))
                        .isInstanceOf(MqttTimeoutException.class);
            }
            broker.silent(false);
            client.subscribeAsync("t", Qos.AT_LEAST_ONCE, message -> calls.incrementAndGet());
            client.unsubscribeAsync("other").join();

            broker.publish(Message.of("t", "x"));

            await().until(() -> calls.get() > 0);
            client.unsubscribeAsync("other").join();
            assertThat(calls).hasValue(1);
        }
    }
}
