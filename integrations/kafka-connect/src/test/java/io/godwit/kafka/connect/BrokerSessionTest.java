package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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
        return session(version, Set.of(), (message, acknowledgement) -> {}, filters);
    }

    private BrokerSession session(String version, Set<String> before, ManualHandler receiver, String... filters) {
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
                before,
                receiver,
                System::nanoTime);
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
        BrokerSession session = session("5", Set.of("a/#", "old/#"), (message, acknowledgement) -> {}, "a/#");
        broker.awaitSubscribed("c", "a/#", SOON);

        session.unsubscribeFormer();

        await().atMost(SOON).until(() -> broker.subscriptions("c").equals(List.of("a/#")));
        session.close();
    }

    @Test
    void messages_still_come_after_a_former_subscription_to_everything_was_removed() {
        List<String> received = new CopyOnWriteArrayList<>();
        BrokerSession session = session("5", Set.of("#"), (message, done) -> received.add(message.topic()), "a/#");
        await().atMost(SOON).until(session::isSubscribed);
        session.unsubscribeFormer().join();

        broker.publish(Message.of("a/b", "x"));

        await().atMost(SOON).until(() -> received.equals(List.of("a/b")));
        session.close();
    }

    @Test
    void retained_messages_come_again_when_the_broker_has_lost_the_session_and_not_at_each_connection() {
        List<String> received = new CopyOnWriteArrayList<>();
        broker.publish(Message.of("a/kept", "x").withQos(Qos.AT_MOST_ONCE).withRetain(true));
        BrokerSession session = session("5", Set.of(), (message, done) -> received.add(message.topic()), "a/#");
        await().atMost(SOON).until(() -> received.equals(List.of("a/kept")));
        broker.dropConnection("c");
        await().atMost(SOON).until(() -> subscribes.get() == 2);
        broker.publish(Message.of("a/new", "x").withQos(Qos.AT_MOST_ONCE));
        await().atMost(SOON).until(() -> received.equals(List.of("a/kept", "a/new")));

        broker.goOffline();
        broker.advance(Duration.ofDays(2)); // the session expires after one
        broker.goOnline();

        await().atMost(SOON).until(() -> received.equals(List.of("a/kept", "a/new", "a/kept")));
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
