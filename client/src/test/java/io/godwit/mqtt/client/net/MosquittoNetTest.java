package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Programs;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every transport to a real broker, in every version of MQTT. Skipped where Mosquitto is not installed. */
@DisplayName("Transports to Mosquitto")
class MosquittoNetTest {

    @TempDir
    static Path folder;

    private static MosquittoListeners broker;

    @BeforeAll
    static void start() throws Exception {
        broker = new MosquittoListeners(folder);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    static List<Arguments> transports() {
        List<Arguments> all = new ArrayList<>();
        for (ProtocolVersion version : ProtocolVersion.values()) {
            for (String transport : List.of("tcp", "unix", "ws", "tls", "mutual", "wss")) {
                all.add(Arguments.of(transport, Tls.Engine.JDK, version));
            }
            for (String transport : List.of("tls", "mutual", "wss")) {
                all.add(Arguments.of(transport, Tls.Engine.BORINGSSL, version));
            }
        }
        return all;
    }

    static TransportOptions transport(String name, Tls.Engine engine) throws Exception {
        assumeTrue(engine != Tls.Engine.BORINGSSL || OpenSsl.isAvailable(), "BoringSSL is not there");
        Tls.Builder tls = Tls.builder().engine(engine).ca(broker.authority.getCertificatePEM());
        if (name.equals("mutual")) {
            X509Bundle mine = broker.client("me");
            tls.certificate(mine.getCertificatePathPEM()).key(mine.getPrivateKeyPEM());
        }
        String address = switch (name) {
            case "tcp" -> "mqtt://127.0.0.1:" + broker.tcp;
            case "unix" -> "mqtt+unix://" + broker.unix;
            case "ws" -> "ws://127.0.0.1:" + broker.ws + "/mqtt";
            case "wss" -> "wss://localhost:" + broker.wss + "/mqtt";
            case "mutual" -> "mqtts://localhost:" + broker.mutual;
            default -> "mqtts://localhost:" + broker.tls;
        };
        TransportOptions.Builder options = TransportOptions.to(address).toBuilder();
        boolean plain = address.startsWith("mqtt:") || address.startsWith("mqtt+unix:") || address.startsWith("ws:");
        return plain ? options.build() : options.tls(tls.build()).build();
    }

    /** Publishes at each QoS, small and large, and hears it. */
    static void roundTrip(MqttClient client, String topic) {
        List<byte[]> heard = new CopyOnWriteArrayList<>();
        client.subscribe(topic, Qos.EXACTLY_ONCE, message -> heard.add(message.payload()));
        byte[] large =
                new byte[100_000]; // more than a WebSocket frame; Mosquitto 2.0.11 takes only 40 KiB a second there
        new Random(1).nextBytes(large);
        for (Qos qos : Qos.values()) {
            client.publish(Message.of(topic, "at " + qos).withQos(qos));
        }
        client.publish(Message.of(topic, large).withQos(Qos.EXACTLY_ONCE));
        await().until(() -> heard.size() == 4);
        assertThat(heard.get(0)).asString().isEqualTo("at AT_MOST_ONCE");
        assertThat(heard.get(1)).asString().isEqualTo("at AT_LEAST_ONCE");
        assertThat(heard.get(2)).asString().isEqualTo("at EXACTLY_ONCE");
        assertThat(heard.get(3)).isEqualTo(large);
    }

    @ParameterizedTest
    @MethodSource
    void transports(String name, Tls.Engine engine, ProtocolVersion version) throws Exception {
        TransportOptions options = transport(name, engine);
        try (MqttClient client =
                MqttClient.builder().transport(options).protocol(version).build()) {
            client.connect();

            roundTrip(client, "transports/" + name + "/" + engine + "/" + version);
        }
    }

    @Test
    @DisplayName("the server list: the first is dead, the second answers")
    void server_list() {
        try (MqttClient client = MqttClient.builder()
                .transport(TransportOptions.to(
                        "mqtt://127.0.0.1:" + Programs.freePort(), "mqtt://127.0.0.1:" + broker.tcp))
                .build()) {
            client.connect();

            roundTrip(client, "transports/list");
        }
    }

    @Test
    @DisplayName("mutual TLS without a certificate: the failure says so")
    void without_certificate() throws Exception {
        TransportOptions options = transport("mutual", Tls.Engine.JDK).toBuilder()
                .tls(Tls.builder().ca(broker.authority.getCertificatePEM()).build())
                .build();
        try (MqttClient client = MqttClient.builder().transport(options).build()) {
            assertThatThrownBy(client::connect)
                    .isInstanceOf(MqttConnectException.class)
                    .satisfies(failure -> assertThat(messages(failure)).contains("client certificate"));
        }
    }

    @Test
    @DisplayName("rotation: a live client comes back with its new certificate")
    void rotation(@TempDir Path mine) throws Exception {
        Path certificate = mine.resolve("client.pem");
        Path key = mine.resolve("client.key");
        X509Bundle old = broker.client("old-certificate");
        Files.writeString(certificate, old.getCertificatePathPEM());
        Files.writeString(key, old.getPrivateKeyPEM());
        Tls tls = Tls.builder()
                .ca(broker.authority.getCertificatePEM())
                .certificate(certificate)
                .key(key)
                .build();
        try (MqttClient client = MqttClient.builder()
                .transport(TransportOptions.to("mqtts://localhost:" + broker.mutual).toBuilder()
                        .tls(tls)
                        .build())
                .clientId("rotating")
                .reconnect(Reconnect.exponential(Duration.ofMillis(50), Duration.ofMillis(200)))
                .build()) {
            client.connect();
            await().until(() -> broker.log().contains("u'old-certificate'"));

            X509Bundle fresh = broker.client("new-certificate");
            Files.writeString(certificate, fresh.getCertificatePathPEM());
            Files.writeString(key, fresh.getPrivateKeyPEM());
            broker.restart();

            await().until(() -> broker.log().contains("u'new-certificate'"));
            await().until(client::isConnected);
            roundTrip(client, "transports/rotated");
        }
    }

    private static String messages(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            all.append(each.getMessage()).append('\n');
        }
        return all.toString();
    }
}
