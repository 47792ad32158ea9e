package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client puts on the wire, byte for byte, with a broker that is played from a script. */
@Timeout(60)
class ClientBytesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    // ---- CONNECT ----

    @Test
    @DisplayName("CONNECT of MQTT 3.1: MQIsdp, level 3, will, user name and password")
    void connect31() {
        connects(
                ProtocolVersion.V3_1,
                full(ProtocolVersion.V3_1),
                packet("10", text("MQIsdp"), "03 ee 0078", text("boiler-7"), text("/lwt"), text("gone"), login()));
    }

    @Test
    @DisplayName("[MQTT-3.1.2-1] [MQTT-3.1.3-1] CONNECT of MQTT 3.1.1: the fields of the payload in their order")
    void connect311() {
        connects(
                ProtocolVersion.V3_1_1,
                full(ProtocolVersion.V3_1_1),
                packet("10", text("MQTT"), "04 ee 0078", text("boiler-7"), text("/lwt"), text("gone"), login()));
    }

    @Test
    @DisplayName("[MQTT-3.1.2-1] [MQTT-3.1.3-1] CONNECT of MQTT 5: properties of the session and of the will")
    void connect5() {
        MqttClientBuilder builder = full(ProtocolVersion.V5)
                .userProperty("site", "north")
                .property(Property.REQUEST_RESPONSE_INFORMATION, 1)
                .sessionExpiry(Duration.ofHours(1))
                .receiveMaximum(10)
                .maximumPacketSize(65_536)
                .topicAliasMaximum(3)
                .will(Message.of("/lwt", "gone")
                        .withRetain(true)
                        .withProperties(MqttProperties.of(Property.CONTENT_TYPE, "text/plain")
                                .with(Property.WILL_DELAY_INTERVAL, 5L)));
        String properties =
                "26" + text("site") + text("north") + "19 01" + "11 00000e10" + "21 000a" + "27 00010000" + "22 0003";
        String willProperties = "03" + text("text/plain") + "18 00000005";
        connects(
                ProtocolVersion.V5,
                builder,
                packet(
                        "10",
                        text("MQTT"),
                        "05 ee 0078",
                        counted(properties),
                        text("boiler-7"),
                        counted(willProperties),
                        text("/lwt"),
                        text("gone"),
                        login()));
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-3.1.2-4] a session that is to stay is asked for by the flag, and on MQTT 5 by an expiry too")
    void connect_to_stay(ProtocolVersion version) {
        String head = version == ProtocolVersion.V3_1
                ? text("MQIsdp") + "03"
                : text("MQTT") + (version == ProtocolVersion.V5 ? "05" : "04");
        String properties = version == ProtocolVersion.V5 ? counted("11 ffffffff 27 00100000 22 0040") : "";
        connects(
                version,
                plain(version).clientId("c").cleanSession(false).maximumPacketSize(1 << 20),
                packet("10", head, "00 003c", properties, text("c")));
    }

    /** All that CONNECT has a flag for. */
    private static MqttClientBuilder full(ProtocolVersion version) {
        return plain(version)
                .clientId("boiler-7")
                .keepAlive(Duration.ofSeconds(120))
                .credentials("user", "secret")
                .will(Message.of("/lwt", "gone").withRetain(true));
    }

    private static String login() {
        return text("user") + text("secret");
    }

    private static void connects(ProtocolVersion version, MqttClientBuilder builder, String connect) {
        play(script -> script.expect(connect).sendConnack(version, false), broker -> {
            try (MqttClient client = builder.server(broker.uri()).build()) {
                client.connect();
            }
        });
    }

    // ---- publish and subscribe ----

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-2.2.1-2] PUBLISH of QoS 0 has no packet identifier; RETAIN is its bit 0")
    void publish0(ProtocolVersion version) {
        String none = noProperties(version);
        connected(
                version,
                script -> script.expect(packet("30", text("a/b"), none, hex("hot")))
                        .expect(packet("31", text("a/b"), none)),
                client -> {
                    client.publish(Message.of("a/b", "hot").withQos(Qos.AT_MOST_ONCE));
                    client.publish(
                            Message.of("a/b", "").withQos(Qos.AT_MOST_ONCE).withRetain(true));
                });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-4.3.2-1] PUBLISH of QoS 1, PUBACK, and a packet identifier that is not used again at once")
    void publish1(ProtocolVersion version) {
        String none = noProperties(version);
        connected(
                version,
                script -> script.expect(packet("32", text("t"), "0001", none, hex("1")))
                        .send("40 02 0001")
                        .expect(packet("32", text("t"), "0002", none, hex("2")))
                        .send("40 02 0002"),
                client -> {
                    client.publish("t", "1");
                    client.publish("t", "2");
                });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-4.3.3-1] [MQTT-3.6.1-1] PUBLISH of QoS 2, PUBREC, PUBREL with its flags 0010, PUBCOMP")
    void publish2(ProtocolVersion version) {
        connected(
                version,
                script -> script.expect(packet("34", text("t"), "0001", noProperties(version), hex("x")))
                        .send("50 02 0001")
                        .expect("62 02 0001")
                        .send("70 02 0001"),
                client -> client.publish(Message.of("t", "x").withQos(Qos.EXACTLY_ONCE)));
    }

    @Test
    @DisplayName("MQTT 5, 3.3.2.3: the properties of a PUBLISH, and a topic alias in place of the topic")
    void publish5() {
        ProtocolVersion version = ProtocolVersion.V5;
        String properties =
                "03" + text("text/plain") + "08" + text("re") + "09 0002 0102" + "26" + text("k") + text("v");
        play(
                script -> script.expectConnect(version)
                        .send("20 06 00 00 03 22 0005") // TOPIC ALIAS MAXIMUM 5
                        .expect(packet("32", text("t"), "0001", counted("23 0001" + properties), hex("x")))
                        .send("40 02 0001")
                        .expect(packet("32", text(""), "0002", counted("23 0001"), hex("y")))
                        .send("40 02 0002"),
                broker -> {
                    try (MqttClient client = plain(version)
                            .server(broker.uri())
                            .ownTopicAliases(5)
                            .build()) {
                        client.connect();
                        client.publish(Message.of("t", "x")
                                .withContentType("text/plain")
                                .withResponseTopic("re")
                                .withCorrelationData(new byte[] {1, 2})
                                .withUserProperty("k", "v"));
                        client.publish("t", "y");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-3.8.1-1] [MQTT-3.10.1-1] SUBSCRIBE and UNSUBSCRIBE have the flags 0010")
    void subscribe(ProtocolVersion version) {
        String none = noProperties(version);
        String identifier = version == ProtocolVersion.V5 ? "02 0b 01" : "";
        String reasons = version == ProtocolVersion.V5 ? "00" : "";
        connected(
                version,
                script -> script.expect(packet("82", "0001", identifier, text("a/+"), "02"))
                        .send(packet("90", "0001", none, "02"))
                        .expect(packet("a2", "0002", none, text("a/+")))
                        .send(packet("b0", "0002", none, reasons)),
                client -> {
                    Subscription subscription = client.subscribe("a/+", Qos.EXACTLY_ONCE, message -> {});
                    assertThat(subscription.grantedQos()).isEqualTo(Qos.EXACTLY_ONCE);
                    subscription.close();
                });
    }

    @Test
    @DisplayName("MQTT 5, 3.8.3.1: the options of two subscriptions in one SUBSCRIBE, and an identifier for both")
    void subscribe5() {
        List<TopicSubscription> both = List.of(
                TopicSubscription.of("a", Qos.AT_LEAST_ONCE).withNoLocal(true).withRetainAsPublished(true),
                TopicSubscription.of("$share/g/b", Qos.AT_MOST_ONCE).withRetainHandling(RetainHandling.DO_NOT_SEND));
        connected(
                ProtocolVersion.V5,
                script -> script.expect(packet("82", "0001", "02 0b 4d", text("a"), "0d", text("$share/g/b"), "20"))
                        .send("90 05 0001 00 01 00"),
                client -> client.subscribeAsync(
                                both, MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 77), message -> {})
                        .join());
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName(
            "[MQTT-4.3.2-2] [MQTT-4.3.3-2] received messages of QoS 1 and 2 are answered, each with its own packets")
    void received(ProtocolVersion version) {
        String none = noProperties(version);
        String identifier = version == ProtocolVersion.V5 ? "02 0b 01" : "";
        connected(
                version,
                script -> script.expect(packet("82", "0001", identifier, text("t"), "02"))
                        .send(packet("90", "0001", none, "02"))
                        .send(packet("32", text("t"), "1234", none, hex("x")))
                        .expect("40 02 1234")
                        .send(packet("34", text("t"), "1235", none, hex("x")))
                        .expect("50 02 1235")
                        .send("62 02 1235")
                        .expect("70 02 1235"),
                client -> client.subscribe("t", Qos.EXACTLY_ONCE, message -> {}));
    }

    // ---- the connection ----

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-3.1.2-20] PINGREQ goes out when nothing else does, within the keep alive")
    void ping(ProtocolVersion version) {
        play(script -> script.accept(version).expect("c0 00").send("d0 00").expect("c0 00"), broker -> {
            try (MqttClient client = plain(version)
                    .server(broker.uri())
                    .keepAlive(Duration.ofSeconds(1))
                    .build()) {
                client.connect();
                broker.awaitDone(SOON);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("a broker that does not answer PINGREQ is let go of, though its connection is open")
    void silence(ProtocolVersion version) {
        play(script -> script.accept(version).expect("c0 00").expectEnd(), broker -> {
            try (MqttClient client = plain(version)
                    .server(broker.uri())
                    .keepAlive(Duration.ofSeconds(1))
                    .build()) {
                client.connect();
                await().atMost(SOON).until(() -> !client.isConnected());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName("[MQTT-3.14.4-1] [MQTT-3.14.4-2] DISCONNECT is the last packet, and the connection ends")
    void disconnect(ProtocolVersion version) {
        connected(version, script -> script.expect("e0 00").expectEnd(), MqttClient::disconnect);
    }

    @Test
    @DisplayName("MQTT 5, 3.14.2: DISCONNECT with a reason and properties")
    void disconnect_with_reason() {
        connected(
                ProtocolVersion.V5,
                script -> script.expect(packet("e0", "04", counted("11 0000003c")))
                        .expectEnd(),
                client -> client.disconnectAsync(
                                ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
                                MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 60L),
                                Duration.ZERO)
                        .join());
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @DisplayName(
            "[MQTT-4.4.0-1] [MQTT-3.3.1-1] after a reconnect PUBREL comes again as it was, and PUBLISH with DUP, both with their identifiers")
    void resume(ProtocolVersion version) {
        String none = noProperties(version);
        ScriptedBroker.Builder scripts = ScriptedBroker.builder()
                .connection(script -> script.accept(version)
                        .expect(packet("32", text("t"), "0001", none, hex("x")))
                        .expect(packet("34", text("t"), "0002", none, hex("y")))
                        .send("50 02 0002")
                        .expect("62 02 0002")
                        .reset())
                .connection(script -> script.expectConnect(version)
                        .sendConnack(version, true)
                        .expect("62 02 0002")
                        .expect(packet("3a", text("t"), "0001", none, hex("x")))
                        .send("40 02 0001 70 02 0002"));
        try (ScriptedBroker broker = scripts.start();
                MqttClient client = plain(version)
                        .server(broker.uri())
                        .clientId("c")
                        .cleanSession(false)
                        .reconnect(Reconnect.fixed(Duration.ofMillis(10)))
                        .build()) {
            client.connect();
            CompletableFuture<PublishResult> once = client.publishAsync("t", "x");
            CompletableFuture<PublishResult> exactly =
                    client.publishAsync(Message.of("t", "y").withQos(Qos.EXACTLY_ONCE));

            assertThat(once).succeedsWithin(SOON);
            assertThat(exactly).succeedsWithin(SOON);
            broker.awaitDone(SOON);
        }
    }

    @Test
    @DisplayName(
            "MQTT 5, 3.3.2.3.3: a message that waits for a connection has its expiry counted down, and may expire there")
    void expiry_counts_while_queued() {
        ProtocolVersion version = ProtocolVersion.V5;
        ScriptedBroker.Builder scripts = ScriptedBroker.builder()
                .connection(script -> script.accept(version).close())
                .connection(script -> script.accept(version)
                        .expect(
                                PacketType.PUBLISH,
                                version,
                                packet -> assertThat(
                                                ((Publish) packet).message().expiry())
                                        .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(98)))
                        .send("40 02 0001"));
        try (ScriptedBroker broker = scripts.start();
                MqttClient client = plain(version)
                        .server(broker.uri())
                        .clientId("c")
                        .cleanSession(false)
                        .reconnect(Reconnect.fixed(Duration.ofMillis(2500)))
                        .build()) {
            client.connect();
            await().until(() -> !client.isConnected());
            CompletableFuture<PublishResult> shortLived =
                    client.publishAsync(Message.of("t", "x").withExpiry(Duration.ofSeconds(1)));
            CompletableFuture<PublishResult> longLived =
                    client.publishAsync(Message.of("t", "y").withExpiry(Duration.ofSeconds(100)));

            assertThat(shortLived)
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            expired -> assertThat(expired.kind()).isEqualTo(PublishException.Cause.EXPIRED));
            assertThat(client.isConnected()).isFalse();
            assertThat(longLived).succeedsWithin(SOON);
            broker.awaitDone(SOON);
        }
    }

    // ---- helpers ----

    private static MqttClientBuilder plain(ProtocolVersion version) {
        return MqttClient.builder()
                .protocol(version)
                .callTimeout(SOON)
                .closeTimeout(Duration.ofMillis(500))
                .reconnect(Reconnect.never());
    }

    /** Plays the script after CONNECT and CONNACK, while the action uses a client that is connected. */
    private static void connected(ProtocolVersion version, Consumer<BrokerScript> script, Consumer<MqttClient> action) {
        play(
                start -> {
                    start.accept(version);
                    script.accept(start);
                },
                broker -> {
                    try (MqttClient client = plain(version).server(broker.uri()).build()) {
                        client.connect();
                        action.accept(client);
                        broker.awaitDone(SOON);
                    }
                });
    }

    // ---- DISCONNECT ----

    @Test
    @DisplayName(
            "[MQTT-3.14.4-1] disconnect ends a quiet connection at once; what was sent, and DISCONNECT, still arrive")
    void disconnect_does_not_wait_for_a_quiet_broker() {
        CountDownLatch ended = new CountDownLatch(1);
        play(
                script -> script.accept(ProtocolVersion.V3_1_1)
                        .run(() -> await().until(() -> ended.getCount() == 0))
                        .expect(packet("30", text("a"), hex("last")))
                        .expect("e0 00")
                        .expectEnd(),
                broker -> {
                    try (MqttClient client =
                            plain(ProtocolVersion.V3_1_1).server(broker.uri()).build()) {
                        client.connect();
                        client.publish(Message.of("a", "last").withQos(Qos.AT_MOST_ONCE));
                        client.disconnect();
                    }
                    ended.countDown();
                });
    }

    @Test
    @DisplayName("[MQTT-3.14.4-1] disconnect leaves the broker time to end when a message may be on its way: no reset")
    void disconnect_waits_for_a_subscribed_broker() {
        play(
                script -> script.accept(ProtocolVersion.V3_1_1)
                        .expect(PacketType.SUBSCRIBE, ProtocolVersion.V3_1_1)
                        .send("90 03 0001 00")
                        .expect("e0 00")
                        .send(packet("30", text("a"), hex("late")))
                        .expectEnd()
                        .close(),
                broker -> {
                    try (MqttClient client =
                            plain(ProtocolVersion.V3_1_1).server(broker.uri()).build()) {
                        client.connect();
                        client.subscribe("a", Qos.AT_MOST_ONCE, message -> {});
                        client.disconnect();
                    }
                });
    }

    @Test
    @DisplayName("DISCONNECT is not lost when it has to wait for the session store")
    void disconnect_waits_for_the_store() {
        play(
                script -> script.accept(ProtocolVersion.V3_1_1)
                        .expect(packet("32", text("a"), "0001", hex("kept")))
                        .send("40 02 0001")
                        .expect("e0 00")
                        .expectEnd(),
                broker -> {
                    try (MqttClient client = plain(ProtocolVersion.V3_1_1)
                            .clientId("c")
                            .store(new SlowStore(Duration.ofMillis(50)))
                            .server(broker.uri())
                            .build()) {
                        client.connect();
                        client.publish("a", "kept");
                        client.disconnect();
                    }
                });
    }

    private static void play(Consumer<BrokerScript> script, Consumer<ScriptedBroker> action) {
        try (ScriptedBroker broker = ScriptedBroker.start(script)) {
            action.accept(broker);
            broker.awaitDone(SOON);
        }
    }

    /** A packet of less than 128 bytes: the first byte, the length of what follows, what follows. */
    private static String packet(String first, String... rest) {
        return first + counted(String.join("", rest));
    }

    /** A length of one byte, and so many bytes. */
    private static String counted(String hex) {
        String bytes = hex.replace(" ", "");
        assertThat(bytes.length()).isLessThan(256);
        return String.format("%02x", bytes.length() / 2) + bytes;
    }

    /** A UTF-8 string as the standard encodes it: two bytes of length before it. */
    private static String text(String text) {
        String bytes = hex(text);
        return String.format("%04x", bytes.length() / 2) + bytes;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The length of the properties, where the version has any. */
    private static String noProperties(ProtocolVersion version) {
        return version == ProtocolVersion.V5 ? "00" : "";
    }
}
