package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.ScramSha256;
import io.godwit.mqtt.broker.AuthStep;
import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.testkit.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Extended authentication, MQTT 5 section 4.12, with SCRAM-SHA-256 between a client and a broker. */
@Timeout(60)
class AuthenticationTest {
    private final ScramExample scram = new ScramExample("pencil");
    private final TestBroker broker =
            TestBroker.builder().policy(new ScramPolicy()).start();

    /** What the broker answers last: its proof that it knows the password. */
    private volatile String proof = ScramSha256.SERVER_FINAL;

    private volatile boolean mute;

    private final class ScramPolicy implements BrokerPolicy {
        @Override
        public AuthStep authenticate(String clientId, String method, byte @Nullable [] data, int step) {
            String text = data == null ? "" : new String(data, StandardCharsets.UTF_8);
            if (mute) {
                return new AuthStep.Continue(new byte[] {'r', '=', 'x', ',', 's', '=', ',', 'i', '=', '1'});
            } else if (!method.equals("SCRAM-SHA-256")) {
                return new AuthStep.Refuse(ReasonCode.BAD_AUTHENTICATION_METHOD);
            } else if (step == 0 && text.equals(ScramSha256.CLIENT_FIRST)) {
                return new AuthStep.Continue(ScramSha256.SERVER_FIRST.getBytes(StandardCharsets.UTF_8));
            } else if (step == 1 && text.equals(ScramSha256.CLIENT_FINAL)) {
                return new AuthStep.Accept(proof.getBytes(StandardCharsets.UTF_8));
            }
            return new AuthStep.Refuse(ReasonCode.NOT_AUTHORIZED);
        }
    }

    private MqttClientBuilder builder(Authenticator authenticator) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .callTimeout(Duration.ofSeconds(10))
                .closeTimeout(Duration.ofMillis(500))
                .reconnect(Reconnect.never())
                .authenticator(authenticator);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    @DisplayName("[MQTT-4.12.0-2] [MQTT-4.12.0-3] CONNECT, AUTH from the broker, AUTH from the client, CONNACK")
    void a_client_proves_itself_and_so_does_the_broker() {
        try (MqttClient client = builder(scram).build()) {
            client.connect();

            await().until(() -> scram.succeeded() == 1);
            assertThat(client.publish("t", "x").reason().isError()).isFalse();
        }
    }

    @Test
    @DisplayName("[MQTT-4.12.1-1] re-authentication uses the same method, and the connection goes on")
    void reauthentication() {
        try (MqttClient client = builder(scram).build()) {
            client.connect();

            assertThat(client.reauthenticate()).succeedsWithin(Duration.ofSeconds(10));

            assertThat(scram.succeeded()).isEqualTo(2);
            assertThat(client.publish("t", "x").reason().isError()).isFalse();
            assertThat(broker.connects()).hasSize(1);
        }
    }

    @Test
    @DisplayName("[MQTT-4.12.0-4] who is refused hears the broker's reason")
    void a_wrong_password_is_refused() {
        try (MqttClient client = builder(new ScramExample("crayon")).build()) {
            assertThatThrownBy(client::connect)
                    .isInstanceOfSatisfying(
                            MqttConnectException.class,
                            refused ->
                                    assertThat(refused.failure().reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
        }
    }

    @Test
    @DisplayName("[MQTT-4.12.1-2] a re-authentication that fails ends the connection and the future")
    void a_refused_reauthentication_ends_the_connection() {
        try (MqttClient client = builder(scram).build()) {
            client.connect();
            proof = "v=none";

            assertThat(client.reauthenticate()).failsWithin(Duration.ofSeconds(10));

            await().until(() -> !client.isConnected());
        }
    }

    @Test
    @DisplayName("a broker that cannot prove itself loses the client")
    void a_broker_that_cannot_prove_itself() throws Exception {
        proof = "v=none";
        BlockingQueue<String> causes = new LinkedBlockingQueue<>();
        try (MqttClient client = builder(scram)
                .listener(new ClientListener() {
                    @Override
                    public void disconnected(MqttClient ended, DisconnectCause cause, @Nullable Duration next) {
                        causes.add(cause.text());
                    }
                })
                .build()) {
            client.connect();

            assertThat(causes.poll(10, TimeUnit.SECONDS)).contains("the server does not know the password");
            assertThat(client.isConnected()).isFalse();
        }
    }

    @Test
    @DisplayName("a re-authentication that is under way ends with the client, and a second one is refused meanwhile")
    void a_reauthentication_ends_with_the_client() {
        CompletableFuture<Void> first;
        try (MqttClient client = builder(new Patient()).build()) {
            client.connect();
            mute = true;
            first = client.reauthenticate();

            assertThat(client.reauthenticate())
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("in progress");
            assertThat(first).isNotDone();
        }
        assertThat(first).failsWithin(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("[MQTT-4.12.0-7] re-authentication needs a method that CONNECT named")
    void without_an_authenticator() {
        try (MqttClient client = builder(scram).authenticator(null).build()) {
            client.connect();

            assertThat(client.reauthenticate())
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(NotConnectedException.class);
        }
    }

    /** Answers every challenge of a broker that never has enough. */
    private final class Patient implements Authenticator {
        @Override
        public String method() {
            return scram.method();
        }

        @Override
        public byte[] begin() {
            return scram.begin();
        }

        @Override
        public byte[] answer(byte @Nullable [] challenge) throws Exception {
            return mute ? new byte[0] : scram.answer(challenge);
        }
    }
}
