package io.godwit.mqtt.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker does when clients want more than it gives. */
class BrokerLimitsTest {
    private static final ProtocolVersion V5 = ProtocolVersion.V5;

    private static CoreFixture with(BrokerLimits limits) {
        return new CoreFixture(BrokerSettings.defaults().limits(limits));
    }

    private static Message message(String topic, int bytes) {
        return new Message(topic, new byte[bytes], Qos.AT_LEAST_ONCE, false, MqttProperties.NONE);
    }

    @Test
    void connections_beyond_the_limit_are_closed_at_once() {
        CoreFixture broker = with(BrokerLimits.NONE.withConnections(2));
        CoreFixture.Client first = broker.connected("a", V5);
        broker.connected("b", V5);

        assertThat(broker.open().closed).isTrue();

        first.cut();
        assertThat(broker.open().closed).isFalse();
        assertThat(broker.limited).singleElement().asString().contains("2 are open");
    }

    @Test
    void a_connection_without_connect_ends_in_time() {
        CoreFixture broker = new CoreFixture(BrokerSettings.defaults().connectTimeout(Duration.ofSeconds(10)));
        CoreFixture.Client silent = broker.open();
        CoreFixture.Client connected = broker.connected("a", V5);

        broker.pass(11);

        assertThat(silent.closed).isTrue();
        assertThat(connected.closed).isFalse();
    }

    @Test
    void a_session_beyond_the_limit_is_refused_and_an_existing_one_is_not() {
        CoreFixture broker = with(BrokerLimits.NONE.withSessions(1));
        CoreFixture.Client first = broker.connected(
                CoreFixture.connect("a", V5, true, MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 60L), null));
        first.cut();

        CoreFixture.Client second = broker.open();
        second.send(CoreFixture.connect("b", V5, true, MqttProperties.NONE, null));

        assertThat(second.take(Connack.class).code()).isEqualTo(ReasonCode.QUOTA_EXCEEDED.code());
        assertThat(broker.connected("a", V5).closed).isFalse();
    }

    @Test
    void a_subscription_beyond_the_limit_is_refused_and_a_known_one_is_renewed() {
        CoreFixture broker = with(BrokerLimits.NONE.withSubscriptions(2));
        CoreFixture.Client client = broker.connected("a", V5);

        client.send(new Subscribe(
                1,
                List.of(
                        TopicSubscription.of("a", Qos.AT_MOST_ONCE),
                        TopicSubscription.of("b", Qos.AT_MOST_ONCE),
                        TopicSubscription.of("c", Qos.AT_MOST_ONCE),
                        TopicSubscription.of("a", Qos.AT_LEAST_ONCE)),
                MqttProperties.NONE));

        assertThat(client.take(Suback.class).reasons())
                .containsExactly(
                        ReasonCode.SUCCESS, ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED, ReasonCode.GRANTED_QOS_1);
    }

    @Test
    void topic_filters_count_as_memory_until_they_are_gone() {
        CoreFixture broker = with(BrokerLimits.NONE.withBytes(200_000));
        CoreFixture.Client client = broker.connected(CoreFixture.connect("a", V5, true, MqttProperties.NONE, null));

        client.send(new Subscribe(
                1,
                List.of(
                        TopicSubscription.of("x".repeat(40_000), Qos.AT_MOST_ONCE),
                        TopicSubscription.of("y".repeat(40_000), Qos.AT_MOST_ONCE),
                        TopicSubscription.of("z", Qos.AT_MOST_ONCE)),
                MqttProperties.NONE));

        assertThat(client.take(Suback.class).reasons())
                .containsExactly(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED, ReasonCode.SUCCESS);
        client.cut();
        assertThat(broker.core.bytes()).isZero();
    }

    @Test
    void a_retained_message_beyond_the_limit_is_rejected() {
        CoreFixture broker = with(BrokerLimits.NONE.withRetained(1));
        CoreFixture.Client client = broker.connected("a", V5);
        client.publish(message("a", 1).withRetain(true), 1);
        client.take(Puback.class);

        client.publish(message("b", 1).withRetain(true), 2);

        assertThat(client.take(Puback.class).reason()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(broker.core.retained("b", 0)).isNull();
        client.publish(message("a", 9).withRetain(true), 3);
        assertThat(client.take(Puback.class).reason().isError()).isFalse();
    }

    @Test
    void queued_messages_beyond_the_memory_are_dropped_and_room_comes_back_with_acknowledgements() {
        CoreFixture broker = with(BrokerLimits.NONE.withBytes(10_000));
        CoreFixture.Client receiver = broker.connected("r", V5).subscribe("a", Qos.AT_LEAST_ONCE);
        CoreFixture.Client sender = broker.connected("s", V5);
        for (int id = 1; id <= 5; id++) {
            sender.publish(message("a", 3_000), id);
        }
        assertThat(receiver.received).hasSize(3);
        assertThat(broker.dropped).hasSize(2).allMatch(text -> text.contains("no memory"));

        receiver.send(new Puback(1, ReasonCode.SUCCESS, MqttProperties.NONE));
        sender.publish(message("a", 3_000), 6);

        assertThat(receiver.received).hasSize(4);
    }

    @Test
    void nothing_counts_any_more_when_sessions_and_retained_messages_are_gone() {
        CoreFixture broker = with(BrokerLimits.NONE);
        Message will = message("will", 100);
        CoreFixture.Client receiver = broker.connected(CoreFixture.connect("r", V5, true, MqttProperties.NONE, will));
        receiver.subscribe("#", Qos.EXACTLY_ONCE);
        CoreFixture.Client sender = broker.connected("s", V5);
        for (int id = 1; id <= 50; id++) {
            sender.publish(message("a/" + id, 100).withRetain(true).withQos(Qos.of(1 + id % 2)), id);
        }
        assertThat(broker.core.bytes()).isGreaterThan(100 * 100);
        broker.core.restart(true, 0);
        for (int id = 1; id <= 50; id++) {
            broker.core.publish(message("a/" + id, 0).withRetain(true), 0);
        }

        assertThat(broker.core.bytes()).isZero();
    }

    @Test
    void topics_with_too_many_levels_are_rejected() {
        CoreFixture broker = with(BrokerLimits.NONE.withTopicLevels(3));
        CoreFixture.Client client = broker.connected("a", V5);
        client.send(new Subscribe(1, List.of(TopicSubscription.of("a/b/c/d", Qos.AT_MOST_ONCE)), MqttProperties.NONE));
        assertThat(client.take(Suback.class).reasons()).containsExactly(ReasonCode.TOPIC_FILTER_INVALID);

        client.publish(message("/".repeat(60_000), 1), 1);

        assertThat(client.take(Disconnect.class).reason()).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0007b", "a\u007fb", "a\u009bb", "a\nb"})
    void control_characters_are_rejected_if_the_settings_say_so(String text) {
        CoreFixture broker = new CoreFixture(BrokerSettings.defaults().rejectControlCharacters(true));
        CoreFixture.Client badId = broker.open();
        badId.send(CoreFixture.connect(text, V5, true, MqttProperties.NONE, null));
        assertThat(badId.take(Connack.class).code()).isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID.code());
        CoreFixture.Client client = broker.connected("a", V5);
        client.send(new Subscribe(1, List.of(TopicSubscription.of(text, Qos.AT_MOST_ONCE)), MqttProperties.NONE));
        assertThat(client.take(Suback.class).reasons()).containsExactly(ReasonCode.TOPIC_FILTER_INVALID);

        client.publish(message(text, 1), 1);

        assertThat(client.take(Disconnect.class).reason()).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
        assertThat(new CoreFixture().connected(text, V5).closed)
                .as("allowed by default")
                .isFalse();
    }

    @Test
    void limits_follow_the_heap() {
        BrokerLimits small = BrokerLimits.forHeap(64 << 20);
        BrokerLimits large = BrokerLimits.forHeap(4L << 30);

        assertThat(small.connections()).isBetween(100, large.connections() - 1);
        assertThat(small.bytes()).isEqualTo(16 << 20);
        assertThat(BrokerSettings.guarded(64 << 20).maximumPacketSize()).isEqualTo(1 << 20);
    }

    @Test
    void invalid_limits_are_rejected_with_the_valid_range() {
        assertThatThrownBy(() -> BrokerLimits.NONE.withConnections(0)).hasMessageContaining("1 or more");
        assertThatThrownBy(() -> BrokerLimits.NONE.withTopicLevels(5_000)).hasMessageContaining("1 to 1000");
    }
}
