package io.godwit.mqtt.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.broker.CoreFixture.Client;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model broker by values: packets in, packets out, time moved by hand. */
class BrokerCoreTest {
    private static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;
    private static final ProtocolVersion V5 = ProtocolVersion.V5;

    private CoreFixture broker = new CoreFixture();

    private static Puback puback(int id) {
        return new Puback(id, ReasonCode.SUCCESS, MqttProperties.NONE);
    }

    private static MqttProperties sessionExpiry(long seconds) {
        return MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, seconds);
    }

    private Client kept(String id) {
        return broker.connected(CoreFixture.connect(id, V3_1_1, false, MqttProperties.NONE, null));
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void carries_qos_0_1_and_2(ProtocolVersion version) {
        Client sub = broker.connected("sub", version).subscribe("a/+", Qos.EXACTLY_ONCE);
        Client pub = broker.connected("pub", version);

        pub.publish(Message.of("a/0", "zero").withQos(Qos.AT_MOST_ONCE), 0);
        pub.publish(Message.of("a/1", "one"), 1);
        pub.publish(Message.of("a/2", "two").withQos(Qos.EXACTLY_ONCE), 2);
        pub.take(Puback.class);
        pub.take(Pubrec.class);
        pub.send(new Pubrel(2, ReasonCode.SUCCESS, MqttProperties.NONE));
        pub.take(Pubcomp.class);

        assertThat(sub.takeMessage().text()).isEqualTo("zero");
        Publish one = sub.take(Publish.class);
        assertThat(one.message().text()).isEqualTo("one");
        Publish two = sub.take(Publish.class);
        assertThat(two.message().qos()).isEqualTo(Qos.EXACTLY_ONCE);
        sub.send(puback(one.packetId()), new Pubrec(two.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(sub.take(Pubrel.class).packetId()).isEqualTo(two.packetId());
        sub.send(new Pubcomp(two.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(broker.core.pending("sub")).isEmpty();
        assertThat(broker.violations).isEmpty();
    }

    @Test
    void takes_a_message_of_qos_2_once_however_often_it_comes() {
        Client sub = broker.connected("sub", V3_1_1).subscribe("#", Qos.AT_MOST_ONCE);
        Client pub = kept("pub");
        Message message = Message.of("a", "x").withQos(Qos.EXACTLY_ONCE);
        pub.publish(message, 5);
        pub.cut();
        Client again = kept("pub");

        again.send(new Publish(message, true, 5, 0));

        again.take(Pubrec.class);
        sub.takeMessage();
        assertThat(sub.received).isEmpty();
        assertThat(broker.violations).isEmpty();
    }

    @Test
    void sends_again_in_order_what_was_not_acknowledged() {
        Client sub = kept("sub").subscribe("#", Qos.EXACTLY_ONCE);
        broker.core.publish(Message.of("a", "1"), 0);
        broker.core.publish(Message.of("a", "2").withQos(Qos.EXACTLY_ONCE), 0);
        broker.core.publish(Message.of("a", "3").withQos(Qos.EXACTLY_ONCE), 0);
        sub.take(Publish.class);
        int second = sub.take(Publish.class).packetId();
        sub.send(new Pubrec(second, ReasonCode.SUCCESS, MqttProperties.NONE));
        sub.cut();
        broker.core.publish(Message.of("a", "4"), 0);

        Client again = kept("sub");

        assertThat(again.sessionPresent).isTrue();
        assertThat(again.take(Pubrel.class).packetId()).isEqualTo(second);
        Publish first = again.take(Publish.class);
        assertThat(first.dup()).isTrue();
        assertThat(first.message().text()).isEqualTo("1");
        assertThat(again.take(Publish.class).message().text()).isEqualTo("3");
        Publish fourth = again.take(Publish.class);
        assertThat(fourth.dup()).isFalse();
        assertThat(fourth.message().text()).isEqualTo("4");
    }

    @Test
    void keeps_to_the_receive_maximum_of_the_client() {
        Client sub = broker.connected(
                        CoreFixture.connect("sub", V5, true, MqttProperties.of(Property.RECEIVE_MAXIMUM, 2), null))
                .subscribe("#", Qos.AT_LEAST_ONCE);
        for (int i = 1; i <= 4; i++) {
            broker.core.publish(Message.of("a", "" + i), 0);
        }
        assertThat(sub.received).hasSize(2);

        sub.send(puback(sub.take(Publish.class).packetId()));

        assertThat(sub.received).hasSize(2);
    }

    @Test
    void ends_a_client_that_exceeds_the_receive_maximum_of_the_broker() {
        broker = new CoreFixture(BrokerSettings.defaults().receiveMaximum(1).policy(new BrokerPolicy() {
            @Override
            public @Nullable ReasonCode publish(String clientId, Message message) {
                return null;
            }
        }));
        Client pub = broker.connected("pub", V5);
        pub.publish(Message.of("a", "1"), 1);

        pub.publish(Message.of("a", "2"), 2);

        assertThat(pub.take(Disconnect.class).reason()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
        assertThat(pub.closed).isTrue();
    }

    @Test
    void retains_the_last_message_and_says_so_only_to_new_subscriptions() {
        Client early = broker.connected("early", V5).subscribe("a", Qos.AT_MOST_ONCE);
        broker.core.publish(Message.of("a", "old").withRetain(true), 0);
        broker.core.publish(Message.of("a", "new").withRetain(true), 0);
        assertThat(early.takeMessage().retain()).isFalse();
        Client late = broker.connected("late", V5).subscribe("+", Qos.AT_MOST_ONCE);

        Message retained = late.takeMessage();

        assertThat(retained.text()).isEqualTo("new");
        assertThat(retained.retain()).isTrue();
        broker.core.publish(Message.clearRetained("a"), 0);
        assertThat(broker.core.retained("a", 0)).isNull();
    }

    @Test
    void sends_retained_messages_as_the_options_say() {
        broker.core.publish(Message.of("a", "x").withRetain(true), 0);
        Client client = broker.connected("c", V5);
        TopicSubscription ifNew =
                TopicSubscription.of("a", Qos.AT_MOST_ONCE).withRetainHandling(RetainHandling.SEND_IF_NEW);
        client.subscribe(ifNew, MqttProperties.NONE);
        client.takeMessage();

        client.subscribe(ifNew, MqttProperties.NONE);
        client.subscribe(
                TopicSubscription.of("+", Qos.AT_MOST_ONCE).withRetainHandling(RetainHandling.DO_NOT_SEND),
                MqttProperties.NONE);

        assertThat(client.received).isEmpty();
    }

    @Test
    void no_local_retain_as_published_and_subscription_identifiers() {
        Client own = broker.connected("own", V5);
        own.subscribe(TopicSubscription.of("a", Qos.AT_MOST_ONCE).withNoLocal(true), MqttProperties.NONE);
        Client other = broker.connected("other", V5);
        other.subscribe(
                TopicSubscription.of("a", Qos.AT_MOST_ONCE).withRetainAsPublished(true),
                MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 3));
        other.subscribe(
                TopicSubscription.of("#", Qos.AT_LEAST_ONCE), MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 4));

        own.publish(Message.of("a", "x").withRetain(true), 1);

        assertThat(own.take(Puback.class).reason()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(own.received).isEmpty();
        Message message = other.takeMessage();
        assertThat(message.retain()).isTrue();
        assertThat(message.qos()).isEqualTo(Qos.AT_LEAST_ONCE);
        assertThat(message.properties().getAll(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactlyInAnyOrder(3, 4);
        assertThat(other.received).isEmpty();
    }

    @Test
    void shared_subscriptions_take_turns() {
        Client a = broker.connected("a", V5).subscribe("$share/g/t/#", Qos.AT_MOST_ONCE);
        Client b = broker.connected("b", V5).subscribe("$share/g/t/#", Qos.AT_MOST_ONCE);
        Client all = broker.connected("all", V5).subscribe("t/#", Qos.AT_MOST_ONCE);

        for (int i = 0; i < 4; i++) {
            broker.core.publish(Message.of("t/x", "" + i), 0);
        }

        assertThat(a.received).hasSize(2);
        assertThat(b.received).hasSize(2);
        assertThat(all.received).hasSize(4);
    }

    @Test
    void wildcards_do_not_match_names_that_begin_with_a_dollar() {
        Client all = broker.connected("c", V3_1_1).subscribe("#", Qos.AT_MOST_ONCE);
        all.subscribe("+/x", Qos.AT_MOST_ONCE);

        broker.core.publish(Message.of("$SYS/x", "secret"), 0);
        broker.core.publish(Message.of("a/x", "open"), 0);

        assertThat(all.takeMessage().text()).isEqualTo("open");
        assertThat(all.received).isEmpty();
    }

    @Test
    void the_will_comes_after_a_lost_connection_and_not_after_disconnect() {
        Client watcher = broker.connected("w", V3_1_1).subscribe("will", Qos.AT_MOST_ONCE);
        Message will = Message.of("will", "gone");
        broker.connected(CoreFixture.connect("x", V3_1_1, true, MqttProperties.NONE, will))
                .cut();
        broker.connected(CoreFixture.connect("y", V3_1_1, true, MqttProperties.NONE, will))
                .send(new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE));

        assertThat(watcher.takeMessage().text()).isEqualTo("gone");
        assertThat(watcher.received).isEmpty();
    }

    @Test
    void a_delayed_will_waits_and_a_new_connection_prevents_it() {
        Client watcher = broker.connected("w", V5).subscribe("will", Qos.AT_MOST_ONCE);
        Message will = Message.of("will", "gone").withProperties(MqttProperties.of(Property.WILL_DELAY_INTERVAL, 10L));
        Connect connect = CoreFixture.connect("x", V5, false, sessionExpiry(60), will);
        broker.connected(connect).cut();
        broker.pass(9);
        Client back = broker.connected(connect);
        broker.pass(20);
        assertThat(watcher.received).isEmpty();
        back.cut();
        broker.pass(9.9);
        assertThat(watcher.received).isEmpty();

        broker.pass(0.2);

        assertThat(watcher.takeMessage().properties().has(Property.WILL_DELAY_INTERVAL))
                .isFalse();
    }

    @Test
    void a_session_ends_with_its_expiry_interval_and_its_will_with_it() {
        Client watcher = broker.connected("w", V5).subscribe("will", Qos.AT_MOST_ONCE);
        Message will = Message.of("will", "gone").withProperties(MqttProperties.of(Property.WILL_DELAY_INTERVAL, 100L));
        Connect connect = CoreFixture.connect("x", V5, false, sessionExpiry(10), will);
        broker.connected(connect).cut();

        broker.pass(11);

        watcher.takeMessage();
        assertThat(broker.core.hasSession("x")).isFalse();
        assertThat(broker.connected(connect).sessionPresent).isFalse();
    }

    @Test
    void a_message_expires_while_it_waits_and_is_sent_with_what_is_left() {
        Connect connect = CoreFixture.connect("x", V5, false, sessionExpiry(1000), null);
        broker.connected(connect).subscribe("#", Qos.AT_LEAST_ONCE).cut();
        broker.core.publish(Message.of("a", "short").withExpiry(Duration.ofSeconds(5)), broker.now);
        broker.core.publish(Message.of("a", "long").withExpiry(Duration.ofSeconds(60)), broker.now);
        broker.pass(20);

        Message only = broker.connected(connect).takeMessage();

        assertThat(only.text()).isEqualTo("long");
        assertThat(only.expiry()).isEqualTo(Duration.ofSeconds(40));
        assertThat(broker.dropped).containsExactly("a: its expiry interval has passed");
    }

    @Test
    void a_silent_client_is_ended_after_one_and_a_half_keep_alives() {
        Client client = broker.connected("x", V5);
        broker.pass(80);
        client.send(new Pingreq());
        client.take(Pingresp.class);
        broker.pass(89);
        assertThat(client.closed).isFalse();

        broker.pass(2);

        assertThat(client.take(Disconnect.class).reason()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);
        assertThat(client.closed).isTrue();
    }

    @Test
    void the_same_client_identifier_takes_the_session_over() {
        Client first = broker.connected("x", V5);

        broker.connected("x", V5);

        assertThat(first.take(Disconnect.class).reason()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
        assertThat(first.closed).isTrue();
        assertThat(broker.core.connectedClients()).containsExactly("x");
    }

    @Test
    void topic_aliases_work_both_ways() {
        Client sub = broker.connected(
                        CoreFixture.connect("sub", V5, true, MqttProperties.of(Property.TOPIC_ALIAS_MAXIMUM, 1), null))
                .subscribe("#", Qos.AT_MOST_ONCE);
        Client pub = broker.connected("pub", V5);
        Message message = Message.of("a", "x").withQos(Qos.AT_MOST_ONCE);

        pub.send(new Publish(message, false, 0, 3), new Publish(message.withTopic(""), false, 0, 3));

        assertThat(sub.take(Publish.class)).isEqualTo(new Publish(message, false, 0, 1));
        assertThat(sub.take(Publish.class)).isEqualTo(new Publish(message.withTopic(""), false, 0, 1));
        pub.send(new Publish(message.withTopic(""), false, 0, 4));
        assertThat(pub.take(Disconnect.class).reason()).isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID);
    }

    @Test
    void says_what_it_limits_and_holds_clients_to_it() {
        broker = new CoreFixture(BrokerSettings.defaults()
                .maximumQos(Qos.AT_LEAST_ONCE)
                .retainAvailable(false)
                .serverKeepAlive(5)
                .responseInformation("answers/")
                .sharedAvailable(false)
                .wildcardsAvailable(false));
        Client client = broker.open();
        client.send(
                CoreFixture.connect("", V5, true, MqttProperties.of(Property.REQUEST_RESPONSE_INFORMATION, 1), null));

        MqttProperties limits = client.take(Connack.class).properties();

        assertThat(limits.get(Property.MAXIMUM_QOS)).isEqualTo(1);
        assertThat(limits.get(Property.RETAIN_AVAILABLE)).isZero();
        assertThat(limits.get(Property.SERVER_KEEP_ALIVE)).isEqualTo(5);
        assertThat(limits.get(Property.RESPONSE_INFORMATION)).isEqualTo("answers/");
        assertThat(limits.get(Property.ASSIGNED_CLIENT_IDENTIFIER)).isNotEmpty();
        client.send(new Subscribe(
                1,
                List.of(
                        TopicSubscription.of("a", Qos.EXACTLY_ONCE),
                        TopicSubscription.of("#", Qos.AT_MOST_ONCE),
                        TopicSubscription.of("$share/g/a", Qos.AT_MOST_ONCE)),
                MqttProperties.NONE));
        assertThat(client.take(Suback.class).reasons())
                .containsExactly(
                        ReasonCode.GRANTED_QOS_1,
                        ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
                        ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED);
        client.publish(Message.of("a", "x").withQos(Qos.EXACTLY_ONCE), 1);
        assertThat(client.take(Disconnect.class).reason()).isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
    }

    @Test
    void drops_what_is_larger_than_the_client_takes() {
        Client sub = broker.connected(CoreFixture.connect(
                        "sub", V5, true, MqttProperties.of(Property.MAXIMUM_PACKET_SIZE, 30L), null))
                .subscribe("#", Qos.AT_LEAST_ONCE);

        broker.core.publish(Message.of("a", "x".repeat(100)), 0);
        broker.core.publish(Message.of("a", "small"), 0);

        assertThat(sub.takeMessage().text()).isEqualTo("small");
        assertThat(broker.dropped).hasSize(1);
    }

    @Test
    void keeps_messages_back_while_the_way_is_congested() {
        Client sub = broker.connected("sub", V3_1_1).subscribe("#", Qos.AT_MOST_ONCE);
        sub.writable = false;
        broker.core.publish(Message.of("a", "1"), 0);
        assertThat(sub.received).isEmpty();
        sub.writable = true;

        broker.core.writable(sub.link, 0);

        sub.takeMessage();
    }

    @Test
    void unsubscribes() {
        Client client = broker.connected("c", V5).subscribe("a", Qos.AT_MOST_ONCE);

        client.send(new Unsubscribe(3, List.of(TopicFilter.of("a"), TopicFilter.of("b")), MqttProperties.NONE));

        assertThat(client.take(Unsuback.class).reasons())
                .containsExactly(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED);
        assertThat(broker.core.publish(Message.of("a", "x"), 0)).isZero();
    }

    @Test
    void refuses_identifiers_that_3_1_does_not_know() {
        Client client = broker.open();

        client.send(CoreFixture.connect("x".repeat(24), ProtocolVersion.V3_1, true, MqttProperties.NONE, null));

        assertThat(client.take(Connack.class).code()).isEqualTo(2);
        assertThat(client.closed).isTrue();
    }

    @Test
    void a_restart_keeps_or_loses_the_state() {
        kept("x").subscribe("a", Qos.AT_LEAST_ONCE);
        broker.core.publish(Message.of("r", "x").withRetain(true), 0);
        broker.core.restart(true, broker.now);
        broker.core.publish(Message.of("a", "kept"), 0);
        Client again = kept("x");
        assertThat(again.sessionPresent).isTrue();
        assertThat(again.takeMessage().text()).isEqualTo("kept");

        broker.core.restart(false, broker.now);

        assertThat(again.closed).isTrue();
        assertThat(kept("x").sessionPresent).isFalse();
        assertThat(broker.core.retained("r", 0)).isNull();
    }

    @Test
    void goes_back_to_a_snapshot() {
        Client client = kept("x").subscribe("a", Qos.AT_LEAST_ONCE);
        broker.core.publish(Message.of("a", "1"), 0);
        BrokerSnapshot snapshot = broker.core.snapshot();
        client.send(puback(client.take(Publish.class).packetId()));
        broker.core.publish(Message.of("a", "2"), 0);

        broker.core.restore(snapshot, broker.now);

        Client again = kept("x");
        assertThat(again.take(Publish.class).dup()).isTrue();
        assertThat(again.received).isEmpty();
    }

    @Test
    void asks_the_policy_about_extended_authentication() {
        broker = new CoreFixture(BrokerSettings.defaults().policy(new BrokerPolicy() {
            @Override
            public AuthStep authenticate(String clientId, String method, byte @Nullable [] data, int step) {
                return step == 0 ? new AuthStep.Continue(new byte[] {1}) : new AuthStep.Accept(new byte[] {2});
            }
        }));
        MqttProperties method = MqttProperties.of(Property.AUTHENTICATION_METHOD, "M");
        Client client = broker.open();
        client.send(CoreFixture.connect("x", V5, true, method, null));
        assertThat(client.take(Auth.class).reason()).isEqualTo(ReasonCode.CONTINUE_AUTHENTICATION);

        client.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method));

        assertThat(client.take(Connack.class).properties().get(Property.AUTHENTICATION_DATA))
                .containsExactly(2);
        client.send(new Auth(ReasonCode.RE_AUTHENTICATE, method));
        client.take(Auth.class);
        client.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method));
        assertThat(client.take(Auth.class).reason()).isEqualTo(ReasonCode.SUCCESS);
    }

    @Test
    void notes_what_clients_do_against_the_standard() {
        broker = new CoreFixture(BrokerSettings.defaults().policy(new BrokerPolicy() {
            @Override
            public @Nullable ReasonCode publish(String clientId, Message message) {
                return null;
            }
        }));
        Client client = broker.connected("x", V3_1_1);

        client.publish(Message.of("a", "1"), 1);
        client.publish(Message.of("a", "2"), 1);
        client.send(puback(99));

        assertThat(broker.violations).hasSize(2);
        assertThat(broker.violations.get(0)).contains("[MQTT-2.2.1-3]");
    }
}
