package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Settings of a client")
class MqttClientBuilderTest {
    private static final String PIN = "00".repeat(32);

    private static void rejected(String message, Consumer<MqttClientBuilder> settings) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    MqttClientBuilder builder = MqttClient.builder();
                    settings.accept(builder);
                    builder.build();
                })
                .withMessageContaining(message);
    }

    private static MqttClientBuilder five(MqttClientBuilder builder) {
        return builder.server("mqtt://broker").protocol(ProtocolVersion.V5);
    }

    @Test
    void a_client_needs_a_server() {
        rejected("server(\"mqtt://host\")", builder -> {});
    }

    @Test
    void settings_of_mqtt_5_are_rejected_with_an_older_version() {
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)) {
            List<Consumer<MqttClientBuilder>> settings = List.of(
                    builder -> builder.sessionExpiry(Duration.ofHours(1)),
                    builder -> builder.userProperty("a", "b"),
                    builder -> builder.property(Property.REQUEST_PROBLEM_INFORMATION, 0),
                    builder -> builder.receiveMaximum(10),
                    builder -> builder.topicAliasMaximum(0),
                    builder -> builder.property(Property.TOPIC_ALIAS_MAXIMUM, 1),
                    builder -> builder.ownTopicAliases(0),
                    builder -> builder.redirects(Redirects.follow()),
                    builder -> builder.authenticator(new NoAuthenticator()),
                    builder -> builder.will(Message.of("w", "gone").withContentType("text/plain")));
            for (Consumer<MqttClientBuilder> setting : settings) {
                rejected("set protocol(ProtocolVersion.V5)", builder -> {
                    builder.server("mqtt://broker").protocol(version).clientId("c");
                    setting.accept(builder);
                });
            }
        }
    }

    /** Is never asked. */
    private static final class NoAuthenticator implements Authenticator {
        @Override
        public String method() {
            return "none";
        }

        @Override
        public byte[] begin() {
            return new byte[0];
        }

        @Override
        public byte[] answer(byte[] challenge) {
            return new byte[0];
        }
    }

    @Test
    @DisplayName("a persistent session with a random identifier would never be found again, and stay at the broker")
    void a_persistent_session_needs_a_client_identifier() {
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V5)) {
            rejected(
                    "set clientId(...)",
                    builder -> builder.server("mqtt://broker").protocol(version).cleanSession(false));
            rejected(
                    "set clientId(...)",
                    builder -> builder.server("mqtt://broker")
                            .protocol(version)
                            .clientId("")
                            .cleanSession(false));
        }
        rejected(
                "MQTT 3.1 requires 1 to 23",
                builder -> builder.server("mqtt://broker")
                        .protocol(ProtocolVersion.V3_1)
                        .clientId("x".repeat(24)));
    }

    @Test
    void a_will_that_connect_cannot_contain_is_rejected() {
        rejected("at most 65,535", builder -> five(builder).will(Message.of("w", new byte[65_536])));
        rejected(
                "a will has no property topic alias",
                builder -> five(builder)
                        .will(Message.of("w", "x").withProperties(MqttProperties.of(Property.TOPIC_ALIAS, 1))));
        rejected(
                "CONNECT cannot be written",
                builder -> five(builder).will(Message.of("w", "x").withContentType("x".repeat(65_536))));
        assertThatCode(() -> five(MqttClient.builder())
                        .will(Message.of("w", new byte[65_535]))
                        .build()
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void fields_that_are_too_long_for_connect_are_rejected() {
        rejected("client identifier", builder -> five(builder).clientId("i".repeat(65_536)));
        rejected("user name", builder -> five(builder).credentials("u".repeat(65_536), "p"));
        rejected("password", builder -> five(builder).credentials("u", "p".repeat(65_536)));
        rejected("CONNECT cannot be written", builder -> five(builder).userProperty("k", "v".repeat(65_536)));
    }

    @Test
    void properties_that_connect_does_not_have_are_rejected() {
        rejected(
                "CONNECT has no property server keep alive",
                builder -> five(builder).property(Property.SERVER_KEEP_ALIVE, 5));
        rejected(
                "CONNECT has no property content type", builder -> five(builder).property(Property.CONTENT_TYPE, "x"));
        rejected("authenticator(...)", builder -> five(builder).property(Property.AUTHENTICATION_METHOD, "x"));
        rejected("must be 0 to 1", builder -> five(builder).property(Property.REQUEST_PROBLEM_INFORMATION, 2));
        rejected("must be 1 to 65535", builder -> five(builder).property(Property.RECEIVE_MAXIMUM, 0));
    }

    @Test
    void durations_that_would_be_rounded_on_the_wire_are_rejected() {
        rejected("whole seconds", builder -> five(builder).sessionExpiry(Duration.ofMillis(1500)));
        rejected("whole seconds", builder -> five(builder).keepAlive(Duration.ofMillis(1500)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Message.of("a", "b").withExpiry(Duration.ofMillis(1500)))
                .withMessageContaining("whole seconds");
    }

    @Test
    void time_limits_have_a_range() {
        for (Duration limit : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            rejected("CONNACK timeout", builder -> five(builder).connackTimeout(limit));
            rejected("call timeout", builder -> five(builder).callTimeout(limit));
            rejected("close timeout", builder -> five(builder).closeTimeout(limit));
            rejected("connect timeout", builder -> five(builder).connectTimeout(limit));
        }
    }

    @Test
    void settings_that_contradict_each_other_are_rejected() {
        TransportOptions options = TransportOptions.builder()
                .servers("wss://broker")
                .tls(Tls.builder().pin(PIN).build())
                .proxy(ProxyServer.parse("http://proxy"))
                .webSocket(WebSocketOptions.builder().header("a", "b").build())
                .build();
        rejected(
                "server(...) is set, and transport(...)",
                builder -> builder.transport(options).server("x"));
        rejected(
                "tls(...) is set, and transport(...)",
                builder -> builder.transport(options).tls(Tls.system()));
        rejected(
                "proxy(...) is set, and transport(...)",
                builder -> builder.transport(options).proxy("http://p"));
        rejected(
                "webSocket(...) is set, and transport(...)",
                builder -> builder.transport(options).webSocket(WebSocketOptions.defaults()));
        rejected(
                "handlers run in one place only",
                builder -> five(builder).handlersOnEventLoop().executor(Runnable::run));
        rejected(
                "without TLS",
                builder -> five(builder).tls(Tls.builder().pin(PIN).build()));
        rejected(
                "no server address uses WebSocket",
                builder -> five(builder)
                        .webSocket(WebSocketOptions.builder().header("a", "b").build()));
    }

    @Test
    void null_is_rejected_where_it_has_no_meaning() {
        List<Consumer<MqttClientBuilder>> nulls = List.of(
                builder -> builder.handler("a", null),
                builder -> builder.manualHandler("a", null),
                builder -> builder.listener(null),
                builder -> builder.executor(null),
                builder -> builder.reconnect(null),
                builder -> builder.redirects(null),
                builder -> builder.store(null),
                builder -> builder.protocol(null),
                builder -> builder.tls(null),
                builder -> builder.webSocket(null),
                builder -> builder.transport(null));
        for (Consumer<MqttClientBuilder> each : nulls) {
            assertThatNullPointerException().isThrownBy(() -> each.accept(MqttClient.builder()));
        }
        try (MqttClient client =
                MqttClient.builder().server("mqtt://127.0.0.1:1").build()) {
            assertThatNullPointerException().isThrownBy(() -> client.subscribe("t", (MessageHandler) null));
            assertThatNullPointerException()
                    .isThrownBy(() -> client.subscribe("t", Qos.AT_MOST_ONCE, (ManualHandler) null));
            assertThatNullPointerException()
                    .isThrownBy(() -> client.subscribeAsync(
                            List.of(TopicSubscription.of("t", Qos.AT_MOST_ONCE)), MqttProperties.NONE, null));
            assertThatNullPointerException().isThrownBy(() -> client.handle("t", null));
        }
    }

    @Test
    @DisplayName("properties that have a method of their own do the same as the method")
    void a_property_is_the_same_as_its_method() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .property(Property.TOPIC_ALIAS_MAXIMUM, 0)
                        .property(Property.RECEIVE_MAXIMUM, 7)
                        .property(Property.MAXIMUM_PACKET_SIZE, 4096L)
                        .build()) {
            client.connect();

            MqttProperties sent = broker.connects().get(0).properties();
            assertThat(sent.getOr(Property.TOPIC_ALIAS_MAXIMUM, 0)).isZero();
            assertThat(sent.get(Property.RECEIVE_MAXIMUM)).isEqualTo(7);
            assertThat(sent.get(Property.MAXIMUM_PACKET_SIZE)).isEqualTo(4096L);
        }
    }

    @Test
    @DisplayName("[MQTT-3.1.2-24] by default packets may take an eighth of the heap, which MQTT 5 announces")
    void packets_are_limited_by_the_heap() {
        long eighth = Math.min(268_435_460L, Runtime.getRuntime().maxMemory() / 8);
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .build()) {
            client.connect();

            assertThat(broker.connects().get(0).properties().getOr(Property.MAXIMUM_PACKET_SIZE, 268_435_460L))
                    .isEqualTo(eighth);
        }
    }

    @Test
    void the_largest_packet_of_the_standard_needs_no_announcement() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .protocol(ProtocolVersion.V5)
                        .maximumPacketSize(268_435_460)
                        .build()) {
            client.connect();

            assertThat(broker.connects().get(0).properties().has(Property.MAXIMUM_PACKET_SIZE))
                    .isFalse();
        }
    }

    @Test
    void a_packet_above_the_limit_says_how_to_raise_it() {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .maximumPacketSize(100)
                        .listener(new ClientListener() {
                            @Override
                            public void disconnected(MqttClient of, DisconnectCause cause, @Nullable Duration next) {
                                ends.add(cause.text());
                            }
                        })
                        .build()) {
            client.connect();
            client.subscribe("t", message -> {});

            broker.publish(Message.of("t", new byte[200]));

            assertThat(poll(ends)).contains("takes 208 bytes; the limit is 100", "maximumPacketSize(...)");
        }
    }

    private static @Nullable String poll(BlockingQueue<String> ends) {
        try {
            return ends.poll(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    @DisplayName("credentials belong to the address that they were given with, whichever way that is passed")
    void credentials_in_the_address_are_for_that_server() {
        try (TestBroker ann = TestBroker.builder().credentials("ann", "secret").start();
                TestBroker bob =
                        TestBroker.builder().credentials("bob", "other").start()) {
            String annUri = ann.uri().replace("mqtt://", "mqtt://ann:secret@");
            String bobUri = bob.uri().replace("mqtt://", "mqtt://bob:other@");
            connects(MqttClient.builder().server(annUri));
            connects(MqttClient.builder().transport(TransportOptions.to(annUri)));
            connects(
                    MqttClient.builder().server("mqtt://ann:secret@127.0.0.1:1").server(bobUri));
            connects(MqttClient.builder().server(bobUri).credentials("ann", "secret"));
            connects(MqttClient.builder()
                    .server("mqtt://ann:secret@127.0.0.1:1")
                    .server(bob.uri())
                    .credentials("bob", "other"));
        }
    }

    private static void connects(MqttClientBuilder builder) {
        try (MqttClient client = builder.build()) {
            client.connect();
            assertThat(client.connection().server()).doesNotContain("secret", "other", "@");
        }
    }

    @Test
    void a_user_name_needs_no_password() {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .credentials("ann", null)
                        .build()) {
            client.connect();

            assertThat(broker.connects().get(0).username()).isEqualTo("ann");
            assertThat(broker.connects().get(0).password()).isNull();
        }
    }

    @Test
    @DisplayName(
            "properties of MQTT 5 over an older version: the call fails, or drops them if that was allowed by name")
    void properties_are_never_dropped_silently() {
        Message message = Message.of("a", "b").withContentType("text/plain");
        MqttProperties properties = MqttProperties.of(Property.REASON_STRING, "x");
        try (TestBroker broker = TestBroker.start();
                MqttClient strict = MqttClient.builder().server(broker.uri()).build();
                MqttClient lenient = MqttClient.builder()
                        .server(broker.uri())
                        .dropPropertiesBeforeMqtt5(true)
                        .will(message)
                        .build()) {
            strict.connect();
            lenient.connect();

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> strict.publish(message))
                    .withMessageContaining("dropPropertiesBeforeMqtt5(true)");
            assertThatIllegalArgumentException().isThrownBy(() -> strict.publishAsync(message));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> strict.subscribeAsync(
                            List.of(TopicSubscription.of("t", Qos.AT_MOST_ONCE)),
                            MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 1),
                            received -> {}));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> strict.disconnectAsync(ReasonCode.SUCCESS, properties, Duration.ZERO));
            lenient.publish(message.withQos(Qos.AT_LEAST_ONCE));
            assertThat(lenient.state()).isEqualTo(ClientState.CONNECTED);
        }
    }
}
