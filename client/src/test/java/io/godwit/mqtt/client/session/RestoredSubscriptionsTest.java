package io.godwit.mqtt.client.session;

import static io.godwit.mqtt.client.session.SessionHarness.filters;
import static io.godwit.mqtt.client.session.SessionHarness.identifier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.client.session.SessionHarness.Left;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.godwit.mqtt.protocol.UserProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Subscriptions that the broker has lost: they come back as they were granted. */
class RestoredSubscriptionsTest {
    private SessionHarness client = new SessionHarness(ProtocolVersion.V5);

    private static MqttProperties user(String value) {
        return MqttProperties.of(Property.USER_PROPERTY, new UserProperty("k", value));
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void subscriptions_come_back_in_the_groups_in_which_they_were_made(ProtocolVersion version) {
        client = new SessionHarness(version);
        client.connect();
        client.subscribed("a");
        client.subscribed("b", "c");
        client.subscribed("d");
        String[] many = IntStream.range(0, 20).mapToObj(i -> "many/" + i).toArray(String[]::new);
        client.subscribed(many);
        client.session.closed();
        client.session.closed();

        client.connect(); // 3.1 cannot say that the session is a new one
        List<Subscribe> restored = client.out(Subscribe.class);

        if (version != ProtocolVersion.V3_1) {
            assertThat(restored).extracting(each -> each.subscriptions().size()).containsExactly(1, 2, 1, 8, 8, 4);
            assertThat(filters(restored.get(1))).containsExactly("b", "c");
        }
    }

    @Test
    void properties_and_identifiers_come_back_too() {
        client.connect();
        Subscribe own = client.subscribed(user("x").and(Property.SUBSCRIPTION_IDENTIFIER, 7), "a");
        Subscribe assigned = client.subscribed(user("y"), "b");

        client.reconnect(false, MqttProperties.NONE);

        assertThat(client.out(Subscribe.class))
                .extracting(Subscribe::properties)
                .containsExactly(own.properties(), assigned.properties());
        assertThat(identifier(own)).isEqualTo(7);
    }

    @Test
    void they_come_back_from_a_store_with_their_properties() throws IOException {
        SessionStore store = SessionStore.inMemory();
        SessionLog log = store.open("c");
        client = new SessionHarness(ProtocolVersion.V5, log);
        client.connect();
        client.subscribed(user("x").and(Property.SUBSCRIPTION_IDENTIFIER, 7), "a");
        client.subscribed("b");
        log.close();

        client = new SessionHarness(ProtocolVersion.V5, store.open("c"));
        client.connect();

        List<Subscribe> restored = client.out(Subscribe.class);
        assertThat(restored).hasSize(2);
        assertThat(restored.get(0).properties()).isEqualTo(user("x").and(Property.SUBSCRIPTION_IDENTIFIER, 7));
    }

    @Test
    void what_the_new_connection_forbids_is_reported_and_the_others_come_back() {
        client.connect();
        client.subscribed("a");
        client.subscribed("b/#", "b");
        client.subscribed("$share/g/c");
        client.subscribed(MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 7), "d");
        client.subscribed("e");
        client.resubscribed();

        client.reconnect(
                false,
                MqttProperties.of(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
                        .and(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
                        .and(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0));

        List<Subscribe> restored = client.out(Subscribe.class);
        assertThat(restored.stream().flatMap(each -> filters(each).stream())).containsExactly("a", "b", "e");
        assertThat(restored).allSatisfy(each -> assertThat(identifier(each)).isNull());
        assertThat(client.resubscribed())
                .extracting(each -> each.subscription().filter().text() + " " + each.reason())
                .containsExactly(
                        "b/# WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED",
                        "$share/g/c SHARED_SUBSCRIPTIONS_NOT_SUPPORTED",
                        "d SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED");
    }

    @Test
    @DisplayName("[MQTT-3.2.2-15] restored subscriptions fit into the packets that the broker takes now")
    void packets_fit_the_new_connection() {
        client.connect();
        String[] many =
                IntStream.range(0, 8).mapToObj(i -> "filter/number/" + i).toArray(String[]::new);
        client.subscribed(many);
        client.subscribed("x".repeat(200));
        client.resubscribed();

        client.reconnect(false, MqttProperties.of(Property.MAXIMUM_PACKET_SIZE, 64L));

        assertThat(client.out(Subscribe.class).stream().flatMap(each -> filters(each).stream()))
                .containsExactly(many);
        assertThat(client.resubscribed())
                .singleElement()
                .satisfies(told -> assertThat(told.reason()).isEqualTo(ReasonCode.PACKET_TOO_LARGE));
    }

    @Test
    void a_refused_filter_affects_no_other_of_its_packet() {
        client.connect();
        client.subscribed("a", "b", "c");
        client.resubscribed();
        client.reconnect(false, MqttProperties.NONE);

        client.in(new Suback(
                client.out(Subscribe.class).get(0).packetId(),
                List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_1),
                MqttProperties.NONE));
        assertThat(client.resubscribed())
                .extracting(SessionEvent.Resubscribed::reason)
                .contains(ReasonCode.NOT_AUTHORIZED);
        client.reconnect(false, MqttProperties.NONE);

        assertThat(filters(client.out(Subscribe.class).get(0))).containsExactly("a", "c");
    }

    @Test
    void only_what_is_still_lost_is_asked_for_again_when_restoring_is_interrupted() {
        client.connect();
        client.subscribed("a");
        client.subscribed("b");
        client.reconnect(false, MqttProperties.NONE);
        client.grant(client.out(Subscribe.class).get(0));

        client.reconnect(true, MqttProperties.NONE);

        assertThat(client.out(Subscribe.class))
                .extracting(SessionHarness::filters)
                .containsExactly(List.of("b"));
    }

    @Test
    void a_filter_over_which_the_broker_ends_the_connection_is_given_up_and_the_others_come_back() {
        client.connect();
        for (String filter : List.of("a", "poison", "b")) {
            client.subscribed(filter);
        }
        client.resubscribed();
        List<SessionEvent.Resubscribed> told = new ArrayList<>();
        boolean restored = false;
        for (int connections = 0; connections < 20 && !restored; connections++) {
            client.reconnect(false, MqttProperties.NONE);
            restored = grantUntilPoison();
            told.addAll(client.resubscribed());
        }

        assertThat(restored).isTrue();
        assertThat(told)
                .filteredOn(each -> each.reason().isError())
                .extracting(each -> each.subscription().filter().text())
                .containsExactly("poison");
    }

    private boolean grantUntilPoison() {
        for (List<Subscribe> asked = client.out(Subscribe.class);
                !asked.isEmpty();
                asked = client.out(Subscribe.class)) {
            for (Subscribe each : asked) {
                if (filters(each).contains("poison")) {
                    client.session.endedByBroker();
                    return false;
                }
                client.grant(each);
            }
        }
        return true;
    }

    @Test
    void an_unsubscribe_that_the_broker_refuses_leaves_the_subscription_and_its_handler() {
        client.connect();
        client.subscribed("a");
        client.subscribed("b");
        Left left = new Left(user("x"), "a", "b");
        client.session.unsubscribe(left);
        Unsubscribe packet = client.out(Unsubscribe.class).get(0);

        client.in(new Unsuback(
                packet.packetId(), List.of(ReasonCode.NOT_AUTHORIZED, ReasonCode.SUCCESS), MqttProperties.NONE));

        assertThat(packet.properties()).isEqualTo(user("x"));
        assertThat(left.ends).hasSize(1);
        assertThat(client.routed("a")).containsExactly("a");
        assertThat(client.routed("b")).isEmpty();
        client.reconnect(false, MqttProperties.NONE);
        assertThat(client.out(Subscribe.class))
                .extracting(SessionHarness::filters)
                .containsExactly(List.of("a"));
    }

    @Test
    @DisplayName("[MQTT-3.11.3-1] UNSUBACK has a reason code for each filter")
    void an_unsuback_with_a_wrong_number_of_codes_breaks_the_protocol() {
        client.connect();
        client.session.unsubscribe(new Left(MqttProperties.NONE, "a", "b"));
        int packetId = client.out(Unsubscribe.class).get(0).packetId();

        assertThatThrownBy(() -> client.in(new Unsuback(packetId, List.of(ReasonCode.SUCCESS), MqttProperties.NONE)))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("1 reason codes for 2 topic filters");
    }
}
