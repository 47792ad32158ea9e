package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.testkit.TestBroker;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code validate} connects with: servers, TLS and WebSocket. The tasks use the same settings. */
class ConnectionConfigTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static X509Bundle authority;
    private static X509Bundle client;
    private static TestBroker secure;
    private static TestBroker secureWebSocket;
    private static TestBroker webSocket;
    private static TestBroker plain;

    @BeforeAll
    static void start() throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=Test Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle server = new CertificateBuilder()
                .ecp256()
                .subject("CN=broker")
                .addSanDnsName("localhost")
                .buildIssuedBy(authority);
        client = new CertificateBuilder().ecp256().subject("CN=worker").buildIssuedBy(authority);
        Path chain = file("server.pem", server.getCertificatePathPEM());
        Path key = file("server.key", server.getPrivateKeyPEM());
        Path ca = file("ca.pem", authority.getCertificatePEM());
        secure = TestBroker.builder().tls(chain, key).clientCertificates(ca).start();
        secureWebSocket = TestBroker.builder()
                .tls(chain, key)
                .clientCertificates(ca)
                .webSocket("/mqtt")
                .start();
        webSocket = TestBroker.builder().webSocket("/mqtt").start();
        plain = TestBroker.start();
        store("trust.p12", store -> store.setCertificateEntry("ca", authority.getCertificate()));
        store(
                "client.p12",
                store -> store.setKeyEntry(
                        "client", client.getKeyPair().getPrivate(), PASSWORD.toCharArray(), new Certificate[] {
                            client.getCertificate()
                        }));
    }

    @AfterAll
    static void stop() {
        for (TestBroker broker : List.of(secure, secureWebSocket, webSocket, plain)) {
            broker.close();
        }
    }

    private interface StoreContent {
        void addTo(KeyStore store) throws Exception;
    }

    private static void store(String name, StoreContent content) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        content.addTo(store);
        try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static Path file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String path(String name) {
        return folder.resolve(name).toString();
    }

    private static List<String> errors(String server, String... more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("name", "sink", "mqtt.topic", "t", "mqtt.server.uri", server));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new MqttSinkConnector()
                .validate(settings).configValues().stream()
                        .map(ConfigValue::errorMessages)
                        .flatMap(List::stream)
                        .toList();
    }

    private static String mqtts() {
        return "mqtts://localhost:" + secure.port();
    }

    @Test
    void pem_files_serve_for_tls() throws Exception {
        file("client.pem", client.getCertificatePathPEM());
        file("client.key", client.getPrivateKeyPEM());

        assertThat(errors(
                        mqtts(),
                        "mqtt.ssl.ca",
                        path("ca.pem"),
                        "mqtt.ssl.certificate",
                        path("client.pem"),
                        "mqtt.ssl.key",
                        path("client.key")))
                .isEmpty();
    }

    @Test
    void so_does_pem_text_in_the_configuration() {
        assertThat(errors(
                        mqtts(),
                        "mqtt.ssl.ca",
                        authority.getCertificatePEM(),
                        "mqtt.ssl.certificate",
                        client.getCertificatePathPEM(),
                        "mqtt.ssl.key",
                        client.getPrivateKeyPEM()))
                .isEmpty();
    }

    @Test
    void so_do_stores() {
        assertThat(errors(
                        mqtts(),
                        "mqtt.ssl.trust.store.path",
                        path("trust.p12"),
                        "mqtt.ssl.trust.store.password",
                        PASSWORD,
                        "mqtt.ssl.key.store.path",
                        path("client.p12"),
                        "mqtt.ssl.key.store.password",
                        PASSWORD))
                .isEmpty();
    }

    @Test
    void a_broker_that_is_not_trusted_is_step_4() {
        assertThat(errors(mqtts())).singleElement().asString().contains("Step 4, TLS");
    }

    @Test
    void a_wrong_password_of_a_store_is_reported_without_it() {
        assertThat(errors(
                        mqtts(),
                        "mqtt.ssl.trust.store.path",
                        path("trust.p12"),
                        "mqtt.ssl.trust.store.password",
                        "not-this-one"))
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error).doesNotContain("not-this-one"));
    }

    @Test
    void web_sockets_serve_with_and_without_tls() {
        assertThat(errors(
                        "ws://localhost:" + webSocket.port() + "/mqtt",
                        "mqtt.websocket.headers",
                        "X-Site: north\nX-Line: 2"))
                .isEmpty();
        assertThat(errors(
                        "wss://localhost:" + secureWebSocket.port() + "/mqtt",
                        "mqtt.ssl.ca",
                        path("ca.pem"),
                        "mqtt.ssl.key.store.path",
                        path("client.p12"),
                        "mqtt.ssl.key.store.password",
                        PASSWORD))
                .isEmpty();
    }

    @Test
    void the_next_server_serves_where_one_is_unreachable() throws Exception {
        int closed;
        try (TestBroker gone = TestBroker.start()) {
            closed = gone.port();
        }

        assertThat(errors("mqtt://127.0.0.1:" + closed + "," + plain.uri())).isEmpty();
    }

    @Test
    void each_task_of_a_sink_has_a_client_identifier_of_its_own() {
        MqttSinkConnector connector = new MqttSinkConnector();
        connector.start(Map.of("name", "sink", "mqtt.topic", "t", "mqtt.server.uri", plain.uri()));

        assertThat(connector.taskConfigs(2))
                .extracting(each -> each.get(SinkConfig.TASK))
                .containsExactly("0", "1");
    }
}
