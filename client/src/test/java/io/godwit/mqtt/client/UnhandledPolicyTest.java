package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
@DisplayName("Messages of a resumed session that no handler wants")
class UnhandledPolicyTest {
    private final TestBroker broker = TestBroker.start();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        broker.close();
    }

    private MqttClientBuilder builder(ProtocolVersion version) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(version)
                .clientId("stale")
                .cleanSession(false)
                .closeTimeout(Duration.ofMillis(500))
                .listener(new ClientListener() {
                    @Override
                    public void messageUnhandled(MqttClient client, Message message, boolean waits) {
                        told.add(message.text() + (waits ? " waits" : " given up"));
                    }

                    @Override
                    public void unsubscribedUnhandled(MqttClient client, TopicFilter filter) {
                        told.add("unsubscribed " + filter);
                    }
                });
    }

    /** An earlier process has subscribed, and messages have come since. */
    private void leave(MqttClientBuilder builder, String filter, String... payloads) {
        try (MqttClient client = builder.build()) {
            client.connect();
            client.subscribe(filter, message -> {});
        }
        for (String payload : payloads) {
            broker.publish(Message.of("news/today", payload).withQos(Qos.AT_LEAST_ONCE));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1_1", "V5"})
    void they_are_given_up_at_once_if_none_may_wait(ProtocolVersion version) {
        leave(builder(version), "news/today", "1", "2");
        try (MqttClient client = builder(version)
                .onUnhandled(UnhandledPolicy.acknowledge().withLimits(1_000, Duration.ZERO))
                .build()) {
            client.connect();

            await().until(() -> broker.pending("stale").isEmpty());
            await().until(() -> told.size() == 2);
            assertThat(told).containsExactly("1 given up", "2 given up");
            assertThat(broker.subscriptions("stale")).containsExactly("news/today");
        }
    }

    @Test
    void as_many_wait_as_may() {
        leave(builder(ProtocolVersion.V3_1_1), "news/today", "1", "2", "3");
        try (MqttClient client = builder(ProtocolVersion.V3_1_1)
                .onUnhandled(UnhandledPolicy.acknowledge().withLimits(2, Duration.ofMinutes(5)))
                .build()) {
            client.connect();

            await().until(() -> told.size() == 3);

            assertThat(told).containsExactly("1 waits", "2 waits", "3 given up");
            assertThat(broker.pending("stale")).hasSize(3); // acknowledgements leave in order
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1_1", "V5"})
    void the_topic_that_brings_them_is_unsubscribed(ProtocolVersion version) {
        leave(builder(version), "news/today", "1", "2");
        try (MqttClient client = builder(version)
                .onUnhandled(UnhandledPolicy.unsubscribe().withLimits(10, Duration.ZERO))
                .build()) {
            client.connect();

            await().until(() -> broker.subscriptions("stale").isEmpty());

            await().until(() -> told.size() == 3);
            assertThat(told).contains("unsubscribed news/today");
            assertThat(broker.pending("stale")).isEmpty();
        }
    }

    @Test
    void the_filter_that_a_store_has_kept_is_unsubscribed_and_not_restored_any_more() {
        SessionStore store = SessionStore.inMemory();
        leave(builder(ProtocolVersion.V3_1_1).store(store), "news/#", "1");
        try (MqttClient client = builder(ProtocolVersion.V3_1_1)
                .store(store)
                .onUnhandled(UnhandledPolicy.unsubscribe().withLimits(10, Duration.ZERO))
                .build()) {
            client.connect();
            await().until(() -> broker.subscriptions("stale").isEmpty());
            assertThat(told).contains("unsubscribed news/#");
        }
        try (MqttClient client = builder(ProtocolVersion.V3_1_1).store(store).build()) {
            broker.restart(false);
            client.connect();
            client.unsubscribe("other");

            assertThat(broker.subscriptions("stale")).isEmpty();
        }
    }

    @Test
    void a_filter_with_a_handler_stays() {
        SessionStore store = SessionStore.inMemory();
        leave(builder(ProtocolVersion.V3_1_1).store(store), "news/#");
        try (MqttClient client = builder(ProtocolVersion.V3_1_1)
                .store(store)
                .handler("news/#", message -> {})
                .onUnhandled(UnhandledPolicy.unsubscribe().withLimits(0, Duration.ZERO))
                .build()) {
            client.connect();
            broker.publish(Message.of("news/today", "1").withQos(Qos.AT_LEAST_ONCE));

            await().until(() -> client.statistics().messages().handled() == 1);

            assertThat(broker.subscriptions("stale")).containsExactly("news/#");
        }
    }

    @Test
    void limits_that_cannot_be_are_rejected() {
        assertThatThrownBy(() -> UnhandledPolicy.acknowledge().withLimits(-1, Duration.ZERO))
                .hasMessageContaining("must be 0 to 65535");
        assertThatThrownBy(() -> UnhandledPolicy.acknowledge().withLimits(1, Duration.ofDays(2)))
                .hasMessageContaining("zero to one day");
    }
}
