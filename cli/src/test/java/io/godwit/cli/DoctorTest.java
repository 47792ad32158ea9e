package io.godwit.cli;

import static io.godwit.cli.Examined.doctor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.cli.doctor.ConnectionDoctor;
import io.godwit.cli.doctor.Doctor;
import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import io.godwit.web.source.BrokerPlan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor when it reaches a broker: what it finds there, and that it leaves nothing behind. */
@DisplayName("godwit doctor, at brokers that work")
class DoctorTest {
    @TempDir
    Path folder;

    @Test
    void a_broker_that_allows_everything() {
        try (TestBroker broker = TestBroker.start()) {
            doctor(broker.uri())
                    .ends(ExitCodes.OK)
                    .says(
                            "✓ address     " + broker.uri() + ": MQTT over TCP",
                            "✓ network     127.0.0.1 answers on port " + broker.port() + " (",
                            "✓ connect     MQTT 3.1: accepted (",
                            "✓ connect     MQTT 3.1.1: accepted (",
                            "✓ connect     MQTT 5: accepted (",
                            "✓ limits      announced in CONNACK",
                            "maximum QoS: 2",
                            "✓ identifier  a client without an identifier becomes '",
                            "✓ subscribe   QoS 2 granted for 'godwit/doctor/",
                            "✓ echo        QoS 0: delivered (",
                            "✓ echo        QoS 1: acknowledged after ",
                            "✓ echo        QoS 2: acknowledged after ",
                            "✓ retained    a later subscriber gets the message; it is cleared again",
                            "✓ wildcards   '+' and '#' receive what they match",
                            "✓ shared      a shared subscription receives its messages",
                            "✓ session     the broker keeps a session for an hour when asked to",
                            "✓ size        a payload of 1 MiB is delivered",
                            broker.uri() + " works")
                    .doesNotSay("\u001b[");
            assertThat(broker.violations()).isEmpty();
        }
    }

    @Test
    void nothing_stays_on_the_broker() {
        try (TestBroker broker = TestBroker.start()) {
            doctor(broker.uri() + " -V 5 -x -1 --will-topic will --will-payload gone")
                    .ends(ExitCodes.OK);

            await().until(() -> broker.connectedClients().isEmpty());
            assertThat(broker.connects())
                    .isNotEmpty()
                    .allSatisfy(connect ->
                            assertThat(broker.hasSession(connect.clientId())).isFalse());
            assertThat(broker.messages())
                    .isNotEmpty()
                    .allSatisfy(seen -> assertThat(seen.topic()).startsWith("godwit/doctor/"))
                    .allSatisfy(
                            seen -> assertThat(broker.retained(seen.topic())).isNull());
        }
    }

    @Test
    void what_a_broker_does_not_allow_is_a_warning() {
        try (TestBroker broker = TestBroker.builder()
                .settings(settings -> settings.maximumQos(Qos.AT_LEAST_ONCE)
                        .receiveMaximum(7)
                        .maximumPacketSize(70_000)
                        .topicAliasMaximum(3)
                        .maximumSessionExpiry(60)
                        .serverKeepAlive(33)
                        .retainAvailable(false)
                        .wildcardsAvailable(false)
                        .sharedAvailable(false))
                .start()) {
            doctor(broker.uri())
                    .ends(ExitCodes.OK)
                    .says(
                            "maximum QoS: 1",
                            "receive maximum: 7",
                            "maximum packet size: 70000",
                            "topic alias maximum: 3",
                            "retained messages: no",
                            "keep alive: 33 s, the broker's",
                            "! subscribe   QoS 1 granted for ",
                            "✓ echo        QoS 1: ",
                            "! echo        QoS 2: the broker allows QoS 1 at most",
                            "! retained    not supported, according to CONNACK",
                            "! wildcards   not supported, according to CONNACK",
                            "! shared      not supported, according to CONNACK",
                            "! session     asked to keep a session for an hour, the broker keeps it for 60 s",
                            "! size        a payload of 64 KiB is delivered, a larger one is not: CONNACK allows packets of 70000",
                            " works, with 7 warnings (!)");
        }
    }

    @Test
    void an_unsupported_version_is_a_note_unless_it_is_required() throws Exception {
        try (TestBroker broker = TestBroker.builder()
                .settings(settings -> settings.versions(EnumSet.of(ProtocolVersion.V3_1_1)))
                .start()) {
            doctor(broker.uri())
                    .ends(ExitCodes.OK)
                    .says(
                            "! connect     MQTT 5: ",
                            "✓ connect     MQTT 3.1.1: accepted",
                            "- limits      a broker reports them in MQTT 5 only",
                            "- shared      shared subscriptions need MQTT 5",
                            "- session     not tried before MQTT 5");

            Examined wanted = doctor(broker.uri() + " -V 5 --json").ends(ExitCodes.REFUSED);
            assertThat(wanted.field("breaksAt")).isEqualTo("connect");
            assertThat(wanted.field("reason")).isEqualTo("unsupported_protocol_version");
        }
    }

    @Test
    void topics_that_the_user_may_not_use() {
        BrokerPolicy mine = new BrokerPolicy() {
            @Override
            public ReasonCode subscribe(String clientId, TopicSubscription subscription) {
                return subscription.filter().text().startsWith("mine/")
                        ? ReasonCode.SUCCESS
                        : ReasonCode.NOT_AUTHORIZED;
            }
        };
        try (TestBroker broker = TestBroker.builder().policy(mine).start()) {
            doctor(broker.uri())
                    .ends(ExitCodes.CHECK_FAILED)
                    .says("✗ subscribe ", "Failed at: subscribe", "name topics that it may use: -t PREFIX")
                    .doesNotSay("echo        QoS");

            doctor(broker.uri() + " -t mine").says("✓ echo        QoS 2").says("! shared");
        }
    }

    @Test
    void messages_that_do_not_come_back() {
        BrokerPolicy swallow = new BrokerPolicy() {
            @Override
            public ReasonCode publish(String clientId, Message message) {
                return ReasonCode.NOT_AUTHORIZED;
            }
        };
        try (TestBroker broker = TestBroker.builder().policy(swallow).start()) {
            doctor(broker.uri() + " -V 311 --timeout 200ms")
                    .ends(ExitCodes.CHECK_FAILED)
                    .says("✗ echo        QoS 1: the message was acknowledged but was not delivered within 200 ms");
        }
    }

    @Test
    void a_client_identifier_of_the_user_is_used_and_warned_about() {
        try (TestBroker broker = TestBroker.start()) {
            doctor(broker.uri() + " -i boiler-7").ends(ExitCodes.OK).says("! identifier  -i is used as is");

            assertThat(broker.connects()).extracting(Connect::clientId).containsOnly("boiler-7");
        }
    }

    @Test
    void a_password_shows_nowhere() throws Exception {
        try (TestBroker broker =
                TestBroker.builder().credentials("me", "s3cret").start()) {
            String address = "mqtt://me:s3cret@127.0.0.1:" + broker.port();

            doctor(address).ends(ExitCodes.OK).doesNotSay("s3cret");
            Examined json = doctor(address + " --json").ends(ExitCodes.OK).doesNotSay("s3cret");
            assertThat(json.field("works")).isEqualTo("true");
            assertThat(json.output().lines()).hasSize(1);
        }
    }

    @Test
    void several_brokers_are_examined_one_after_the_other() {
        try (TestBroker first = TestBroker.start();
                TestBroker second = TestBroker.start()) {
            second.goOffline();
            doctor(first.uri() + " " + second.uri())
                    .ends(ExitCodes.UNREACHABLE)
                    .says(first.uri() + " works", "Failed at: network");
        }
    }

    @Test
    void the_user_in_an_address_is_for_that_broker_only() {
        List<String> users = new CopyOnWriteArrayList<>();
        BrokerPolicy noting = new BrokerPolicy() {
            @Override
            public ReasonCode connect(Connect connect) {
                users.add(connect.username() + ":"
                        + (connect.password() == null ? null : new String(connect.password(), StandardCharsets.UTF_8)));
                return ReasonCode.SUCCESS;
            }
        };
        try (TestBroker first = TestBroker.builder().policy(noting).start();
                TestBroker second = TestBroker.builder().policy(noting).start();
                TestBroker third = TestBroker.builder().policy(noting).start()) {
            doctor(as("ann:a1", first)).ends(ExitCodes.OK);
            assertThat(Set.copyOf(users)).containsExactly("ann:a1");
            users.clear();

            doctor(as("ann:a1", first) + " " + as("bob:b2", second) + " " + third.uri())
                    .ends(ExitCodes.OK);
            assertThat(Set.copyOf(users)).containsExactlyInAnyOrder("ann:a1", "bob:b2", "null:null");
            users.clear();

            doctor(as("ann:a1", first) + " " + third.uri() + " -u eve -P e3").ends(ExitCodes.OK);
            assertThat(Set.copyOf(users)).containsExactly("eve:e3");
        }
    }

    private static String as(String user, TestBroker broker) {
        return broker.uri().replace("mqtt://", "mqtt://" + user + "@");
    }

    @Test
    void without_permission_to_publish_it_ends_with_what_CONNACK_says() throws Exception {
        try (TestBroker broker = TestBroker.start();
                NettyTransport transport = new NettyTransport(1)) {
            Doctor.Request request = new Doctor.Request(
                    TransportOptions.builder()
                            .servers(List.of(ServerAddress.parse(broker.uri())))
                            .build(),
                    version -> MqttClient.builder().protocol(version),
                    null,
                    false,
                    false,
                    "godwit/doctor",
                    Duration.ofSeconds(20));

            List<BrokerPlan.Check> checks = new ConnectionDoctor(transport, request).examine(false);

            assertThat(checks)
                    .extracting(BrokerPlan.Check::step)
                    .endsWith("limits")
                    .doesNotContain("echo");
            assertThat(broker.messages()).isEmpty();
        }
    }

    @Test
    void each_packet_shows_with_debug() {
        try (TestBroker broker = TestBroker.start()) {
            assertThat(doctor(broker.uri() + " -d").ends(ExitCodes.OK).errors())
                    .contains("CONNECT", "CONNACK", "PUBREL");
        }
    }

    @Test
    void mosquitto_plain_and_over_WebSocket() throws Exception {
        try (Mosquitto broker = Mosquitto.in(folder)
                .anonymous()
                .listener()
                .listener("socket_domain ipv4", "protocol websockets")
                .start()) {
            int webSocket = broker.port(1);
            doctor("localhost -p " + broker.port())
                    .ends(ExitCodes.OK)
                    .says("✓ connect     MQTT 3.1: ", "✓ connect     MQTT 5: ", "✓ echo        QoS 2: ", "✓ retained ");

            doctor("ws://127.0.0.1:" + webSocket + "/mqtt --timeout 1s")
                    .ends(ExitCodes.OK)
                    .says("✓ websocket   the server switches to WebSocket at /mqtt", "✓ echo        QoS 2: ");
        }
    }
}
