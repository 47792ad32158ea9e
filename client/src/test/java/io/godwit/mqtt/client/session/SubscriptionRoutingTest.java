package io.godwit.mqtt.client.session;

import static io.godwit.mqtt.client.session.SessionHarness.identifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.session.SessionHarness.Left;
import io.godwit.mqtt.client.session.SessionHarness.Named;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("MQTT 5, 3.3.4: the subscription identifier says which subscription a message was sent for")
class SubscriptionRoutingTest {
    private SessionHarness client = new SessionHarness(ProtocolVersion.V5);

    private int subscribed(String filter) {
        return identifier(client.subscribed(filter));
    }

    @ParameterizedTest
    @CsvSource({"$share/g/a/b, a/b", "$share/g/a/b, $share/h/a/b", "a/#, a/b", "+/b, a/+"})
    void each_copy_reaches_only_its_own_subscription(String first, String second) {
        client.connect();
        int one = subscribed(first);
        int two = subscribed(second);

        assertThat(client.routed("a/b", one)).containsExactly(first);
        assertThat(client.routed("a/b", two)).containsExactly(second);
        assertThat(client.routed("a/b", one)).containsExactly(first);
        assertThat(client.routed("a/b", one, two)).containsExactly(first, second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share/g/t", "$SharedSubscription/g/t", "$queue/t", "$q/t", "$exclusive/t"})
    void filters_whose_messages_come_under_another_topic_reach_their_handler(String filter) {
        client.connect();
        subscribed("other");

        assertThat(client.routed("t", subscribed(filter))).containsExactly(filter);
    }

    /** Both filters of one SUBSCRIBE have the same identifier; topics below $SYS keep their name. */
    @Test
    void a_message_of_another_topic_is_not_one_of_the_broker_about_itself() {
        client.connect();

        int both = identifier(client.subscribed("#", "$SYS/#"));

        assertThat(client.routed("a/b", both)).containsExactly("#");
        assertThat(client.routed("$SYS/broker/uptime", both)).containsExactly("$SYS/#");
    }

    @Test
    void a_handler_without_a_subscription_receives_what_matches_whatever_it_was_sent_for() {
        client.connect();
        int wide = subscribed("a/#");
        client.session.addHandler(new Named("bystander", TopicFilter.of("a/b")));

        assertThat(client.routed("a/b", wide)).containsExactly("a/#", "bystander");
        assertThat(client.routed("a/c", wide)).containsExactly("a/#");
    }

    @Test
    void without_an_identifier_the_topic_decides() {
        client.connect();
        subscribed("a/#");
        subscribed("a/b");

        assertThat(client.routed("a/b")).containsExactlyInAnyOrder("a/#", "a/b");
    }

    @Test
    void an_identifier_of_an_earlier_process_does_not_mislead() {
        client.connect(true, MqttProperties.NONE);
        int reused = subscribed("mine");
        client.session.addHandler(new Named("kept", TopicFilter.of("kept/#")));

        assertThat(client.routed("kept/1", reused)).containsExactly("kept");
        assertThat(client.routed("mine", 99)).containsExactly("mine");
    }

    @Test
    void a_filter_that_is_subscribed_again_keeps_its_identifier() {
        client.connect();
        int first = subscribed("a");

        assertThat(subscribed("a")).isEqualTo(first);
        assertThat(subscribed("b")).isNotEqualTo(first);
    }

    @Test
    void an_identifier_ends_with_its_subscription() {
        client.connect();
        int first = subscribed("a");
        client.session.unsubscribe(new Left(MqttProperties.NONE, "a"));
        client.in(new Unsuback(
                client.out(Unsubscribe.class).get(0).packetId(), List.of(ReasonCode.SUCCESS), MqttProperties.NONE));
        client.session.addHandler(new Named("later", TopicFilter.of("a")));

        assertThat(client.routed("a", first)).containsExactly("later");
    }

    @Test
    void the_application_sees_the_identifiers_that_it_has_chosen_and_no_others() {
        client.connect();
        client.subscribed(MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 1), "a/#");
        int assigned = subscribed("a/b");

        client.in(new Publish(
                new Message(
                        "a/b",
                        new byte[0],
                        Qos.AT_MOST_ONCE,
                        false,
                        MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 1)
                                .and(Property.SUBSCRIPTION_IDENTIFIER, assigned)),
                false,
                0,
                0));

        assertThat(assigned).isNotEqualTo(1);
        assertThat(client.session.inbox().take().message(0).properties())
                .isEqualTo(MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3_1", "V3_1_1"})
    void older_versions_and_brokers_without_identifiers_get_none(String version) {
        client = new SessionHarness(ProtocolVersion.valueOf(version));
        client.connect();

        assertThat(identifier(client.subscribed("a"))).isNull();

        client = new SessionHarness(ProtocolVersion.V5);
        client.connect(false, MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0));
        assertThat(identifier(client.subscribed("a"))).isNull();
    }

    @Test
    void a_subscription_can_say_which_topics_it_matches() {
        client = new SessionHarness(ProtocolVersion.V3_1_1);
        client.connect();
        client.session.addHandler(
                new Named("queue", TopicFilter.of("$queue/t/+").matching("t/+")));

        assertThat(client.routed("t/1")).containsExactly("queue");
        assertThat(client.routed("$queue/t/1")).isEmpty();
    }
}
