package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("Subscribing again, and not at all")
class SubscribeUndoneTest {
    private final TestBroker broker = TestBroker.start();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void stop() {
        broker.close();
    }

    private MqttClientBuilder builder() {
        return MqttClient.builder()
                .server(broker.uri())
                .clientId("c")
                .reconnect(Reconnect.fixed(Duration.ofMillis(20)))
                .closeTimeout(Duration.ofMillis(300));
    }

    private CompletableFuture<Subscription> subscribe(MqttClient client) {
        return client.subscribeAsync("t", Qos.AT_LEAST_ONCE, message -> calls.incrementAndGet());
    }

    /** What was asked before has been answered. */
    private static void awaitAnswers(MqttClient client) {
        client.unsubscribeAsync("other").join();
    }

    private void assertUndone(MqttClient client) {
        broker.silent(false);
        awaitAnswers(client);
        // Whoever ended the future may not have come to undo it yet.
        await().until(() -> broker.subscriptions("c").isEmpty());
        broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));
        awaitAnswers(client);
        assertThat(calls).hasValue(0);
    }

    @Test
    void a_cancelled_subscribe_leaves_no_handler_and_no_subscription() {
        try (MqttClient client = builder().build()) {
            client.connect();
            broker.silent(true);
            CompletableFuture<Subscription> subscribe = subscribe(client);

            assertThat(subscribe.cancel(true)).isTrue();

            assertUndone(client);
        }
    }

    @Test
    void a_subscribe_that_timed_out_in_the_future_leaves_none_either() {
        try (MqttClient client = builder().build()) {
            client.connect();
            broker.silent(true);

            assertThatThrownBy(() -> subscribe(client)
                            .orTimeout(50, TimeUnit.MILLISECONDS)
                            .join())
                    .hasCauseInstanceOf(TimeoutException.class);

            assertUndone(client);
        }
    }

    @Test
    void blocking_subscribes_that_all_timed_out_take_effect_once_when_the_broker_answers() {
        try (MqttClient client = builder().callTimeout(Duration.ofMillis(100)).build()) {
            client.connectAsync().join();
            broker.silent(true);
            for (int i = 0; i < 3; i++) {
                int number = i;
                assertThatThrownBy(() -> client.subscribe("t", message -> calls.addAndGet(number + 1)))
                        .isInstanceOf(MqttTimeoutException.class);
            }
            broker.silent(false);
            awaitAnswers(client);

            broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            await().until(() -> broker.pending("c").isEmpty() && calls.get() > 0);
            awaitAnswers(client);
            assertThat(calls).hasValue(3); // the last one, once
        }
    }

    @Test
    void a_subscribe_that_is_cancelled_before_it_was_sent_is_never_sent() {
        try (MqttClient client = builder().retryFirst(true).build()) {
            broker.goOffline();
            client.connectAsync();
            CompletableFuture<Subscription> subscribe = subscribe(client);

            assertThat(subscribe.cancel(true)).isTrue();

            broker.goOnline();
            assertUndone(client);
        }
    }

    @Test
    void messages_that_come_before_the_subscription_is_undone_are_acknowledged_and_reach_nobody() {
        try (MqttClient client = builder().build()) {
            client.connect();
            CompletableFuture<Subscription> subscribe = subscribe(client);
            subscribe.cancel(true);
            broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            awaitAnswers(client);

            await().until(() -> broker.pending("c").isEmpty());
            assertUndone(client);
        }
    }

    @Test
    void another_subscription_to_the_filter_stays() {
        AtomicInteger others = new AtomicInteger();
        try (MqttClient client = builder().build()) {
            client.connect();
            client.subscribe("t", message -> others.incrementAndGet());
            broker.silent(true);
            subscribe(client).cancel(true);
            broker.silent(false);
            awaitAnswers(client);

            broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            await().until(() -> others.get() == 1);
            assertThat(calls).hasValue(0);
        }
    }

    // ---- in the callback that says that the client is connected ----

    /** Subscribes with another handler object each time. */
    private static final class Subscribing implements ClientListener {
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger handled = new AtomicInteger();

        @Override
        public void connected(MqttClient client, ConnectResult result) {
            int connection = connections.incrementAndGet();
            client.subscribeAsync("t", Qos.AT_LEAST_ONCE, message -> handled.addAndGet(connection > 0 ? 1 : 0));
        }
    }

    @Test
    void a_listener_that_subscribes_at_each_connection_handles_each_message_once() {
        Subscribing one = new Subscribing();
        Subscribing other = new Subscribing();
        try (MqttClient client = builder().listener(one).listener(other).build()) {
            client.connect();
            for (int i = 2; i <= 4; i++) {
                int connection = i;
                broker.dropConnection("c");
                await().until(() -> one.connections.get() == connection && other.connections.get() == connection);
            }
            awaitAnswers(client);

            broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            await().until(() -> broker.pending("c").isEmpty() && one.handled.get() > 0);
            awaitAnswers(client);
            assertThat(one.handled).hasValue(1);
            assertThat(other.handled).hasValue(1);
        }
    }

    @Test
    void what_was_subscribed_elsewhere_stays() {
        try (MqttClient client = builder()
                .listener(new ClientListener() {
                    private boolean again;

                    @Override
                    public void connected(MqttClient of, ConnectResult result) {
                        if (again) {
                            of.subscribeAsync("t", Qos.AT_LEAST_ONCE, message -> {});
                        }
                        again = true;
                    }
                })
                .build()) {
            client.connect();
            client.subscribe("t", message -> calls.incrementAndGet());
            broker.dropConnection("c");
            await().until(() -> broker.connects().size() == 2);
            client.unsubscribe("other");

            broker.publish(Message.of("t", "x").withQos(Qos.AT_LEAST_ONCE));

            await().until(() -> calls.get() == 1);
        }
    }
}
