package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that does not keep to the steps of extended authentication, MQTT 5 section 4.12. */
@Timeout(30)
class AuthenticationStepsTest {
    private static final ProtocolVersion V5 = ProtocolVersion.V5;

    private static final class Named implements Authenticator {
        @Override
        public String method() {
            return "SCRAM-SHA-256";
        }

        @Override
        public byte[] begin() {
            return new byte[] {1};
        }

        @Override
        public byte[] answer(byte @Nullable [] challenge) {
            return "proof".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        }
    }

    private static MqttProperties method(String name) {
        return MqttProperties.of(Property.AUTHENTICATION_METHOD, name);
    }

    private static void connect(Consumer<BrokerScript> script, String expected) {
        try (ScriptedBroker broker = ScriptedBroker.start(script);
                MqttClient client = client(broker)) {
            assertThatThrownBy(client::connect)
                    .isInstanceOf(MqttConnectException.class)
                    .hasMessageContaining(expected);
            assertThat(broker.received()).noneMatch(Auth.class::isInstance);
        }
    }

    private static MqttClient client(ScriptedBroker broker) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(V5)
                .authenticator(new Named())
                .reconnect(Reconnect.never())
                .closeTimeout(Duration.ofMillis(100))
                .build();
    }

    @Test
    @DisplayName("[MQTT-4.12.0-5] AUTH with another method is not answered")
    void a_challenge_of_another_method_is_not_answered() {
        connect(
                script -> script.expectConnect(V5)
                        .send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("PLAIN")), V5),
                "AUTH has authentication method 'PLAIN', CONNECT had 'SCRAM-SHA-256'");
    }

    @Test
    @DisplayName("[MQTT-4.12.0-5] CONNACK with another method, or none, is not accepted")
    void connack_must_have_the_method() {
        connect(
                script -> script.expectConnect(V5).send(new Connack(false, 0, method("PLAIN")), V5),
                "CONNACK has authentication method 'PLAIN'");
        connect(script -> script.accept(V5), "CONNACK has no authentication method");
    }

    @Test
    void auth_with_success_does_not_stand_for_connack() {
        connect(
                script -> script.expectConnect(V5).send(new Auth(ReasonCode.SUCCESS, method("SCRAM-SHA-256")), V5),
                "in place of CONNACK");
    }

    @Test
    @DisplayName("AUTH out of turn ends the connection: the broker cannot ask without end")
    void auth_out_of_turn_ends_the_connection() {
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.expectConnect(V5)
                        .send(new Connack(false, 0, method("SCRAM-SHA-256")), V5)
                        .send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("SCRAM-SHA-256")), V5));
                MqttClient client = client(broker)) {
            client.connect();

            await().until(() -> client.state() == ClientState.IDLE);

            assertThat(broker.received()).noneMatch(Auth.class::isInstance);
        }
    }
}
