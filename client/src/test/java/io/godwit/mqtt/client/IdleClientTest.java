package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client has only what it needs: what it never uses is not made, and what it uses late works as if it had been there. */
@Timeout(30)
class IdleClientTest {
    private static final int CLIENTS = 10;

    @Test
    void a_client_that_nobody_listens_to_takes_no_handler_thread() {
        try (TestBroker broker = TestBroker.start()) {
            List<MqttClient> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("unheard-" + i)
                        .build();
                clients.add(client);
                client.connect();
                client.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));
            }

            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("godwit-handler-unheard"));
            clients.forEach(MqttClient::close);
        }
    }

    @Test
    void the_first_handler_may_come_after_a_reconnect() throws InterruptedException {
        BlockingQueue<String> topics = new LinkedBlockingQueue<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("late")
                        .reconnect(Reconnect.fixed(Duration.ofMillis(1)))
                        .build()) {
            client.connect();
            broker.dropConnection("late");
            client.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            client.subscribe("late/#", message -> topics.add(message.topic()));
            broker.publish(Message.of("late/one", "x"));

            assertThat(topics.poll(10, TimeUnit.SECONDS)).isEqualTo("late/one");
        }
    }

    @Test
    void a_handler_may_be_registered_while_the_client_is_closed() {
        try (TestBroker broker = TestBroker.start()) {
            MqttClient client = MqttClient.builder().server(broker.uri()).build();
            client.connect();
            client.close();

            assertThat(client.subscribeAsync("t", Qos.AT_MOST_ONCE, message -> {}))
                    .isCompletedExceptionally();
            assertThat(client.closed()).isCompleted();
        }
    }
}
