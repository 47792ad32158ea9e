package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.session.SessionHarness.Sent;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that ends the connection over one packet, and publishes that a new connection does not allow. */
class RefusedByDisconnectTest {
    private SessionHarness client = new SessionHarness(ProtocolVersion.V5);

    /** Plays a broker that ends each connection on a publish to "poison" and acknowledges the others. Returns the connections. */
    private int playUntilNothingIsLeft(boolean withDisconnect) {
        return playUntilNothingIsLeft(withDisconnect, true);
    }

    private int playUntilNothingIsLeft(boolean withDisconnect, boolean sessionPresent) {
        for (int connections = 1; connections < 30; connections++) {
            if (acknowledgeUntilPoison(withDisconnect)) {
                return connections;
            }
            client.reconnect(sessionPresent, MqttProperties.NONE);
        }
        throw new AssertionError("the same publish over and over");
    }

    private boolean acknowledgeUntilPoison(boolean withDisconnect) {
        for (List<Packet> sent = client.out(); !sent.isEmpty(); sent = client.out()) {
            for (Packet packet : sent) {
                if (packet instanceof Publish publish
                        && publish.message().topic().equals("poison")) {
                    if (withDisconnect) {
                        client.in(new Disconnect(ReasonCode.PACKET_TOO_LARGE, MqttProperties.NONE));
                    } else {
                        client.session.endedByBroker();
                    }
                    return false;
                } else if (packet instanceof Publish publish
                        && publish.message().qos() == Qos.AT_LEAST_ONCE) {
                    client.in(new Puback(publish.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE));
                } else if (packet instanceof Publish publish) {
                    client.in(new Pubrec(publish.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE));
                } else if (packet instanceof Pubrel pubrel) {
                    client.in(new Pubcomp(pubrel.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE));
                }
            }
        }
        return true;
    }

    @Test
    void the_publish_is_found_also_if_each_connection_has_a_new_session() {
        client.connect(false, MqttProperties.NONE);
        Sent poison = client.publish(Qos.AT_LEAST_ONCE, "poison", 1);
        Sent behind = client.publish(Qos.AT_LEAST_ONCE, "fine", 1);

        playUntilNothingIsLeft(true, false);

        assertThat(poison.failure().kind()).isEqualTo(Failure.Kind.BROKER_DISCONNECTS);
        assertThat(behind.ends).containsExactly(Outcome.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(
            value = Qos.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void a_publish_that_ends_each_connection_fails_and_those_behind_it_go_on(Qos qos) {
        client.connect(true, MqttProperties.NONE);
        Sent before = client.publish(qos, "fine", 1);
        Sent poison = client.publish(qos, "poison", 1);
        List<Sent> behind = new ArrayList<>();
        for (int i = 0; i < 150; i++) { // more than may be in flight
            behind.add(client.publish(i % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE, "fine", 1));
        }

        int connections = playUntilNothingIsLeft(true);

        assertThat(poison.failure().kind()).isEqualTo(Failure.Kind.BROKER_DISCONNECTS);
        assertThat(poison.failure().text()).contains("'poison'").contains("packet too large");
        assertThat(before.ends).hasSize(1).doesNotContain(poison.failure());
        assertThat(behind).allSatisfy(each -> assertThat(each.ends).hasSize(1).noneMatch(Failure.class::isInstance));
        assertThat(connections).isLessThanOrEqualTo(Session.MOST_DISCONNECTS + 2);
    }

    /** A late second acknowledgement of a publish must not meet another one that has got its identifier. */
    @Test
    void identifiers_are_not_used_again_at_once_after_a_publish_was_given_up() {
        client.connect(true, MqttProperties.NONE);
        client.publish(Qos.EXACTLY_ONCE, "poison", 1);
        for (int i = 0; i < 10; i++) {
            client.publish(Qos.AT_LEAST_ONCE, "fine", 1);
        }
        playUntilNothingIsLeft(true);
        client.publish(Qos.AT_LEAST_ONCE, "fine", 1);

        Publish next = (Publish) client.out().get(0);

        assertThat(next.packetId()).isGreaterThan(11);
    }

    @Test
    void a_broker_that_only_closes_the_connection_is_understood_too() {
        client.connect(true, MqttProperties.NONE);
        Sent poison = client.publish(Qos.AT_LEAST_ONCE, "poison", 1);
        Sent behind = client.publish(Qos.AT_LEAST_ONCE, "fine", 1);

        playUntilNothingIsLeft(false);

        assertThat(poison.failure().kind()).isEqualTo(Failure.Kind.BROKER_DISCONNECTS);
        assertThat(behind.ends).containsExactly(Outcome.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(
            value = ReasonCode.class,
            names = {"SERVER_SHUTTING_DOWN", "SESSION_TAKEN_OVER", "SERVER_BUSY", "KEEP_ALIVE_TIMEOUT"})
    void a_disconnect_for_another_reason_is_no_publishs_fault(ReasonCode reason) {
        client.connect(true, MqttProperties.NONE);
        Sent sent = client.publish(Qos.AT_LEAST_ONCE, "t", 1);

        for (int i = 0; i < 20; i++) {
            client.out();
            client.in(new Disconnect(reason, MqttProperties.NONE));
            client.reconnect(true, MqttProperties.NONE);
        }

        assertThat(sent.ends).isEmpty();
    }

    @Test
    void a_network_that_breaks_is_no_publishs_fault() {
        client.connect(true, MqttProperties.NONE);
        Sent sent = client.publish(Qos.AT_LEAST_ONCE, "t", 1);

        for (int i = 0; i < 20; i++) {
            client.out();
            client.reconnect(true, MqttProperties.NONE);
        }

        assertThat(sent.ends).isEmpty();
    }

    @Test
    void after_the_culprit_is_found_publishes_are_in_flight_together_again() {
        client.connect(true, MqttProperties.NONE);
        client.publish(Qos.AT_LEAST_ONCE, "poison", 1);
        client.publish(Qos.AT_LEAST_ONCE, "fine", 1);
        playUntilNothingIsLeft(true);

        for (int i = 0; i < 10; i++) {
            client.publish(Qos.AT_LEAST_ONCE, "fine", 1);
        }

        assertThat(client.out(Publish.class)).hasSize(10);
    }

    // ---- limits of the new connection ----

    @Test
    @DisplayName("[MQTT-3.2.2-15] what was in flight is not sent again if it is too large for the new connection")
    void packets_that_have_become_too_large_fail_and_those_behind_go_on() {
        client.connect(true, MqttProperties.NONE);
        Sent large = client.publish(Qos.AT_LEAST_ONCE, "large", 2_000);
        Sent largeTwo = client.publish(Qos.EXACTLY_ONCE, "large", 2_000);
        Sent small = client.publish(Qos.AT_LEAST_ONCE, "small", 1);
        int identifier = client.out(Publish.class).get(1).packetId();

        client.reconnect(true, MqttProperties.of(Property.MAXIMUM_PACKET_SIZE, 1_000L));

        List<Packet> sent = client.out();
        assertThat(large.failure().kind()).isEqualTo(Failure.Kind.LIMIT);
        assertThat(largeTwo.failure().reason()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(sent).hasExactlyElementsOfTypes(Pubrel.class, Publish.class);
        assertThat(((Pubrel) sent.get(0)).packetId()).isEqualTo(identifier);
        client.in(new Pubcomp(identifier, ReasonCode.SUCCESS, MqttProperties.NONE));
        client.in(new Puback(((Publish) sent.get(1)).packetId(), ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(small.ends).containsExactly(Outcome.SUCCESS);
        assertThat(client.session.inFlight()).isZero();
    }

    @Test
    @DisplayName("[MQTT-3.2.2-11] nor with a QoS that the new connection does not allow")
    void qos_2_in_flight_fails_when_the_broker_no_longer_supports_it() {
        client.connect(true, MqttProperties.NONE);
        Sent sent = client.publish(Qos.EXACTLY_ONCE, "t", 1);
        client.out();

        client.reconnect(true, MqttProperties.of(Property.MAXIMUM_QOS, 1));

        assertThat(sent.failure().reason()).isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
        assertThat(client.out()).isEmpty();
        assertThat(client.session.inFlight()).isZero();
    }

    private int giveUpQos2() {
        client.connect(true, MqttProperties.NONE);
        client.publish(Qos.EXACTLY_ONCE, "t", 1);
        int identifier = client.out(Publish.class).get(0).packetId();
        client.reconnect(true, MqttProperties.of(Property.MAXIMUM_QOS, 1));
        return identifier;
    }

    @Test
    @DisplayName("[MQTT-2.2.1-3] its identifier names no other message, which the broker might take for a repetition")
    void the_identifier_of_qos_2_that_was_given_up_is_not_used_again() {
        int givenUp = giveUpQos2();

        for (int i = 0; i < 70_000; i++) { // more than there are identifiers
            client.publish(Qos.AT_LEAST_ONCE, "t", 1);
            int used = client.out(Publish.class).get(0).packetId();
            assertThat(used).isNotEqualTo(givenUp);
            client.in(new Puback(used, ReasonCode.SUCCESS, MqttProperties.NONE));
        }

        assertThat(client.session.inFlight()).isZero();
    }

    @Test
    @DisplayName("[MQTT-4.3.3-10] it is released as soon as a connection allows QoS 2 again")
    void the_identifier_is_released_when_qos_2_is_allowed_again() {
        int givenUp = giveUpQos2();

        client.reconnect(true, MqttProperties.NONE);

        List<Packet> sent = client.out();
        assertThat(sent).hasExactlyElementsOfTypes(Pubrel.class);
        assertThat(((Pubrel) sent.get(0)).packetId()).isEqualTo(givenUp);
        assertThat(client.session.inFlight()).isOne();
        client.in(new Pubcomp(givenUp, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(client.session.inFlight()).isZero();
    }

    @Test
    void the_identifier_is_free_when_the_broker_has_lost_the_session() {
        giveUpQos2();

        client.reconnect(false, MqttProperties.NONE);
        client.reconnect(true, MqttProperties.NONE);

        assertThat(client.out()).isEmpty();
        assertThat(client.session.inFlight()).isZero();
    }

    @Test
    void a_late_answer_for_the_identifier_frees_it_too() {
        int givenUp = giveUpQos2();

        client.in(new Pubrec(givenUp, ReasonCode.SUCCESS, MqttProperties.NONE));
        client.in(new Pubcomp(givenUp, ReasonCode.SUCCESS, MqttProperties.NONE));

        assertThat(client.out()).hasExactlyElementsOfTypes(Pubrel.class);
        client.reconnect(true, MqttProperties.NONE);
        assertThat(client.out()).isEmpty();
        assertThat(client.session.inFlight()).isZero();
    }

    @Test
    @DisplayName("the next process knows that it was given up, and only has its identifier released")
    void a_publish_that_was_given_up_stays_so_in_the_next_process() throws IOException {
        SessionStore store = SessionStore.inMemory();
        SessionLog log = store.open("c");
        client = new SessionHarness(ProtocolVersion.V5, log);
        int givenUp = giveUpQos2();
        log.close();

        client = new SessionHarness(ProtocolVersion.V5, store.open("c"));
        client.connect(true, MqttProperties.NONE);

        assertThat(client.revived).isEmpty();
        List<Packet> sent = client.out();
        assertThat(sent).hasExactlyElementsOfTypes(Pubrel.class);
        assertThat(((Pubrel) sent.get(0)).packetId()).isEqualTo(givenUp);
        client.in(new Pubcomp(givenUp, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(client.session.inFlight()).isZero();
    }

    @Test
    void a_packet_of_exactly_the_maximum_size_is_sent() {
        client.connect(
                true, MqttProperties.of(Property.MAXIMUM_PACKET_SIZE, 64L).and(Property.TOPIC_ALIAS_MAXIMUM, 5));

        for (int payload = 50; payload <= 56; payload++) {
            client.publish(Qos.AT_LEAST_ONCE, "t", payload); // of 58 to 64 bytes
        }
        Sent tooLarge = new Sent(io.godwit.mqtt.protocol.Message.of("t", new byte[57]));

        assertThat(client.out(Publish.class)).hasSize(7);
        assertThat(client.session.publish(tooLarge, client.now)).isNotNull();
    }

    @Test
    void all_identifiers_in_use_do_not_keep_a_resumed_session_from_going_on() {
        client.connect(true, MqttProperties.NONE);
        Sent last = null;
        for (int i = 0; i < 100; i++) {
            last = client.publish(Qos.AT_LEAST_ONCE, "t", 1);
        }
        client.out();

        client.reconnect(true, MqttProperties.of(Property.RECEIVE_MAXIMUM, 1));

        assertThat(acknowledgeUntilPoison(false)).isTrue();
        assertThat(last.ends).containsExactly(Outcome.SUCCESS);
    }

    // ---- cancelling ----

    @Test
    void a_queued_publish_can_be_withdrawn_and_one_in_flight_cannot() {
        Sent first = client.publish(Qos.AT_LEAST_ONCE, "a", 1);
        Sent second = client.publish(Qos.EXACTLY_ONCE, "b", 1);
        Sent third = client.publish(Qos.AT_MOST_ONCE, "c", 1);

        assertThat(client.session.withdraw(second)).isTrue();
        assertThat(client.session.withdraw(second)).isFalse();
        client.connect();

        assertThat(client.session.withdraw(first)).isFalse();
        assertThat(client.out(Publish.class))
                .extracting(each -> each.message().topic())
                .containsExactly("a", "c");
        assertThat(third.ends).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void withdrawn_publishes_take_no_room() {
        for (int i = 0; i < 100_000; i++) {
            Sent sent = client.publish(Qos.AT_LEAST_ONCE, "t", 10);
            if (i % 100 != 0) {
                assertThat(client.session.withdraw(sent)).isTrue();
            }
        }

        assertThat(client.session.queued()).isEqualTo(1_000);
    }
}
