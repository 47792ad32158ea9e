package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetiredSessionTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CLIENT = "plant-1";
    private static final String FILTER = "a/#";

    private final AtomicLong now = new AtomicLong();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final Queue<Acknowledgement> acknowledgements = new ConcurrentLinkedQueue<>();
    private final TestBroker broker = TestBroker.start();

    /** As the task has left it: subscribed, not connected. */
    @BeforeEach
    void leaveBehind() {
        BrokerSession task = session(List.of(TopicSubscription.of(FILTER, Qos.AT_LEAST_ONCE)), Set.of());
        task.start();
        broker.awaitSubscribed(CLIENT, FILTER, SOON);
        task.close();
        broker.awaitDisconnected(CLIENT, SOON);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private BrokerSession session(List<TopicSubscription> subscriptions, Set<String> before) {
        return new BrokerSession(
                new SourceConfig(Map.of(
                        "mqtt.server.uri",
                        broker.uri(),
                        "mqtt.topics",
                        FILTER,
                        "kafka.topic",
                        "t",
                        "mqtt.reconnect.backoff.max.ms",
                        "100")),
                CLIENT,
                subscriptions,
                before,
                (message, acknowledgement) -> {
                    received.add(message.topic());
                    acknowledgements.add(acknowledgement);
                },
                now::get);
    }

    private BrokerSession leftBehind() {
        return session(List.of(), Set.of(FILTER));
    }

    private void advance(Duration time) {
        now.addAndGet(time.plusMillis(1).toNanos());
    }

    private void acknowledge(int messages) {
        await().atMost(SOON).until(() -> acknowledgements.size() == messages);
        acknowledgements.forEach(Acknowledgement::acknowledge);
        acknowledgements.clear();
    }

    private void awaitUnsubscribed(RetiredSession retired) {
        await().atMost(SOON).until(() -> {
            retired.tick();
            return broker.subscriptions(CLIENT).isEmpty();
        });
    }

    /** Advances the clock with each attempt, as the time of the last arrival is not known exactly. */
    private void awaitEnd(RetiredSession retired) {
        await().atMost(SOON).until(() -> {
            advance(RetiredSession.QUIET);
            return retired.tick();
        });
        await().atMost(SOON).until(() -> !broker.hasSession(CLIENT));
    }

    @Test
    void what_the_session_holds_comes_although_the_broker_was_away_for_long() {
        broker.publish(Message.of("a/1", "x"));
        broker.publish(Message.of("a/2", "x"));
        broker.goOffline();
        BrokerSession session = leftBehind();
        RetiredSession retired = new RetiredSession(session);
        advance(RetiredSession.OVERLAP.plus(RetiredSession.QUIET));
        assertThat(retired.tick()).isFalse();

        broker.goOnline();
        await().atMost(SOON).until(session::isConnected);
        assertThat(retired.tick()).isFalse();
        assertThat(retired.tick()).isFalse();
        acknowledge(2);
        assertThat(broker.subscriptions(CLIENT)).containsExactly(FILTER);

        advance(RetiredSession.OVERLAP);
        awaitUnsubscribed(retired);
        awaitEnd(retired);
        assertThat(received).containsExactly("a/1", "a/2");
    }

    @Test
    void a_connection_that_came_back_is_given_the_time_to_bring_something() {
        BrokerSession session = leftBehind();
        RetiredSession retired = new RetiredSession(session);
        await().atMost(SOON).until(session::isConnected);
        retired.tick();
        advance(RetiredSession.OVERLAP);
        awaitUnsubscribed(retired);
        broker.goOffline();
        await().atMost(SOON).until(() -> !session.isConnected());
        advance(RetiredSession.QUIET.multipliedBy(2));
        assertThat(retired.tick()).isFalse();

        broker.goOnline();
        await().atMost(SOON).until(session::isConnected);

        assertThat(retired.tick()).isFalse();
        awaitEnd(retired);
    }

    @Test
    void nothing_ends_before_the_broker_has_answered_the_unsubscribe() {
        BrokerSession session = leftBehind();
        RetiredSession retired = new RetiredSession(session);
        await().atMost(SOON).until(() -> session.firstConnection() != null);
        retired.tick();
        broker.silent(true);
        advance(RetiredSession.OVERLAP);
        retired.tick();
        advance(RetiredSession.QUIET);

        assertThat(retired.tick()).isFalse();

        broker.silent(false);
        awaitUnsubscribed(retired);
        awaitEnd(retired);
    }
}
