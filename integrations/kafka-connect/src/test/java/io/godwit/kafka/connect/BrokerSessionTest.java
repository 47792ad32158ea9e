package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerSessionTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicInteger subscribes = new AtomicInteger();
    private final TestBroker broker = TestBroker.builder()
            .policy(new BrokerPolicy() {
                @Override
                public ReasonCode subscribe(String clientId, TopicSubscription subscription) {
                    subscribes.incrementAndGet();
                    return ReasonCode.SUCCESS;
                }
            })
            .start();

    @AfterEach
    void stop() {
        broker.close();
    }

    private BrokerSession session(String version, String... filters) {
        SourceConfig config = new SourceConfig(Map.of(
                "mqtt.server.uri",
                broker.uri(),
                "mqtt.protocol.version",
                version,
                "mqtt.topics",
                "a/#",
                "kafka.topic",
                "t"));
        BrokerSession session = new BrokerSession(
                config,
                "c",
                List.of(filters).stream()
                        .map(filter -> TopicSubscription.of(filter, Qos.AT_LEAST_ONCE))
                        .toList(),
                (message, acknowledgement) -> {});
        session.start();
        broker.awaitConnected("c", SOON);
        return session;
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void closing_keeps_the_session_and_its_subscriptions(String version) {
        BrokerSession session = session(version, "a/#");
        broker.awaitSubscribed("c", "a/#", SOON);

        session.close();

        assertThat(broker.subscriptions("c")).containsExactly("a/#");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void ending_it_leaves_nothing_at_the_broker(String version) {
        BrokerSession session = session(version, "a/#");
        broker.awaitSubscribed("c", "a/#", SOON);

        session.end();

        await().atMost(SOON).until(() -> !broker.hasSession("c"));
    }

    @Test
    void a_subscription_of_an_earlier_process_can_be_removed() {
        BrokerSession before = session("5", "old/#");
        broker.awaitSubscribed("c", "old/#", SOON);
        before.close();
        broker.awaitDisconnected("c", SOON);
        BrokerSession session = session("5", "a/#");
        broker.awaitSubscribed("c", "a/#", SOON);

        session.unsubscribe(List.of("old/#"));

        await().atMost(SOON).until(() -> broker.subscriptions("c").equals(List.of("a/#")));
        session.close();
    }

    @Test
    void a_session_that_was_taken_over_is_not_taken_back_at_once() {
        BrokerSession older = session("5");
        await().atMost(SOON).until(older::isConnected);

        BrokerSession newer = session("5");
        await().atMost(SOON).until(newer::isConnected);
        await().atMost(SOON).until(() -> !older.isConnected());

        await().during(Duration.ofSeconds(2)).atMost(SOON).until(newer::isConnected);
        assertThat(newer.connections()).isEqualTo(1);
        assertThat(older.failure()).isNull();
        older.close();
        newer.close();
    }

    @Test
    void a_resumed_session_is_subscribed_again_in_case_that_the_broker_forgot() {
        BrokerSession session = session("5", "a/#");
        broker.awaitSubscribed("c", "a/#", SOON);
        await().atMost(SOON).until(session::isSubscribed);

        broker.dropConnection("c");

        await().atMost(SOON).until(() -> subscribes.get() == 2);
        session.close();
    }

    @Test
    void a_disconnected_session_connects_again() {
        BrokerSession session = session("5");
        await().atMost(SOON).until(session::isConnected);

        broker.disconnect("c", ReasonCode.SERVER_SHUTTING_DOWN);

        await().atMost(SOON).until(() -> session.connections() == 2);
        session.close();
    }
}
