package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Server addresses")
class ServerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "mqtt://broker, MQTT, broker, 1883",
        "mqtts://broker, MQTTS, broker, 8883",
        "ws://broker, WS, broker, 80",
        "wss://broker, WSS, broker, 443",
        "MQTT://broker:1, MQTT, broker, 1",
        "broker, MQTT, broker, 1883",
        "broker:1884, MQTT, broker, 1884",
        "' broker ', MQTT, broker, 1883",
        "mqtt://10.0.0.1:65535, MQTT, 10.0.0.1, 65535",
        "mqtt://[2001:db8::1], MQTT, 2001:db8::1, 1883",
        "'[::1]:1884', MQTT, ::1, 1884",
        "mqtt://[fe80::1%25eth0]:1, MQTT, fe80::1%eth0, 1",
        "mqtt://under_score.local, MQTT, under_score.local, 1883",
        "mqtt://bücher.example, MQTT, xn--bcher-kva.example, 1883",
        "mqtt://broker:, MQTT, broker, 1883"
    })
    void scheme_host_and_port(String text, Scheme scheme, String host, int port) {
        assertThat(ServerAddress.parse(text)).isEqualTo(ServerAddress.of(scheme, host, port));
    }

    @Test
    void user_password_path_and_query() {
        ServerAddress address = ServerAddress.parse("wss://us%40er:p%3Aw:%C3%BC@broker:8443/a%20b/c?d=e&f");

        assertThat(address.user()).isEqualTo("us@er");
        assertThat(address.password()).isEqualTo("p:w:ü");
        assertThat(address.host()).isEqualTo("broker");
        assertThat(address.path()).isEqualTo("/a%20b/c");
        assertThat(address.query()).isEqualTo("d=e&f");
        assertThat(address.webSocketTarget()).isEqualTo("/a%20b/c?d=e&f");
        assertThat(ServerAddress.parse("ws://broker").webSocketTarget()).isEqualTo("/mqtt");
    }

    @Test
    void a_user_alone_and_an_empty_password() {
        assertThat(ServerAddress.parse("mqtt://user@h").password()).isNull();
        assertThat(ServerAddress.parse("mqtt://user:@h").password()).isEmpty();
    }

    @Test
    void unix_sockets() {
        ServerAddress address = ServerAddress.parse("mqtt+unix:///run/my%20broker.sock");

        assertThat(address.scheme()).isEqualTo(Scheme.UNIX);
        assertThat(address.path()).isEqualTo("/run/my broker.sock");
        assertThat(address).hasToString("mqtt+unix:///run/my broker.sock");
    }

    @Test
    @DisplayName("toString shows neither password nor query")
    void no_secrets() {
        assertThat(ServerAddress.parse("wss://user:pw1@broker/p?signature=pw2"))
                .hasToString("wss://user:***@broker:443/p?***");
        assertThat(ServerAddress.parse("mqtt://[::1]")).hasToString("mqtt://[::1]:1883");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | is empty",
                "mqtt:// | no host",
                "mqtt://:1883 | no host",
                "tcp://broker | use mqtt://",
                "ssl://broker | use mqtts://",
                "https://broker | use wss://",
                "gopher://broker | unknown scheme 'gopher'",
                "broker:mqtt | a number from 1 to 65535",
                "broker:0 | from 1 to 65535",
                "broker:65536 | from 1 to 65535",
                "broker:123456789012 | from 1 to 65535",
                "broker:-1 | from 1 to 65535",
                "2001:db8::1 | IPv6 address in brackets",
                "mqtt://[::1 | without its ']'",
                "mqtt://[broker] | must contain an IPv6 address",
                "mqtt://[::1]1883 | only a port may follow",
                "mqtt://bro ker | blank or control character at position 10",
                "mqtt://broker/#x | contains a '#'",
                "mqtt://u:p%4@broker | two hex digits",
                "mqtt://u:p%zz@broker | two hex digits",
                "mqtt://u:%ff@broker | not UTF-8",
                "mqtt://us:pa/ss@broker | as %2F",
                "mqtt://us:pa?ss@broker | as %3F",
                "mqtt://br{ker | it contains '{'",
                "mqtt+unix://run/x | three slashes",
                "mqtt+unix:// | absolute path"
            })
    void says_what_is_wrong(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerAddress.parse(text))
                .withMessageContaining(message);
    }

    @Test
    @DisplayName("whatever the text: an address or a clear error, and never the password in it")
    void any_text() {
        Random random = new Random(5);
        String alphabet = "mqts:/@[]%?#.-_ab01\u00fc ";
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder("mqtt://u:SECRET");
            if (random.nextBoolean()) {
                text.append('@');
            }
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String shown;
            try {
                shown = ServerAddress.parse(text.toString()).toString();
            } catch (IllegalArgumentException e) {
                shown = e.toString() + e.getCause();
            }
            if (shown.contains("SECRET")) {
                throw new AssertionError(text + " shows its password: " + shown);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mqtt://user:S3cret?1@host",
                "mqtt://user:S3cret",
                "mqtt://user:S3cret?x",
                "mqtt://user:S3cret/x",
                "mqtt://user:S3cret/x@host",
                "mqtt://user:S3cret:x",
                "mqtt://user:x:S3cret@host:y:z",
                "mqtt://user:S3cret#x@host",
                "mqtt://user:S3cret x@host",
                "mqtt://user:S3cret%@host",
                "mqtt://[user:S3cret",
                "mqtt://[user:S3cret]",
                "mqtt://[::1]S3cret",
                "mqtt+unix://user:S3cret/x",
                "user:S3cret://host",
                "user:S3cret@host://x"
            })
    void an_address_error_never_quotes_the_password(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerAddress.parse(address))
                .satisfies(failure ->
                        assertThat(failure.toString() + failure.getCause()).doesNotContain("S3cret"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyServer.parse(address.replace("mqtt:", "http:")))
                .satisfies(failure ->
                        assertThat(failure.toString() + failure.getCause()).doesNotContain("S3cret"));
    }

    @Test
    void tls_options_are_rejected_for_a_server_without_tls() {
        for (String plain : List.of("mqtt://broker", "ws://broker", "mqtt+unix:///run/broker")) {
            for (Tls tls : List.of(
                    Tls.builder().pin("00".repeat(32)).build(),
                    Tls.builder().ca("ca.pem").build(),
                    Tls.builder().certificate("c.pem").key("k.pem").build(),
                    Tls.builder().insecure().build(),
                    Tls.builder().serverName("x").build())) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> TransportOptions.builder()
                                .servers("mqtts://other", plain)
                                .tls(tls)
                                .build())
                        .withMessageContaining("without TLS")
                        .withMessageContaining(plain.startsWith("ws") ? "wss://" : "mqtts://");
            }
        }
        TransportOptions.builder().servers("mqtt://broker").tls(Tls.system()).build();
    }

    @Test
    void web_socket_options_are_rejected_without_a_web_socket_server() {
        WebSocketOptions token = WebSocketOptions.builder()
                .header("Authorization", "Bearer SECRET")
                .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransportOptions.builder()
                        .servers("mqtt://broker")
                        .webSocket(token)
                        .build())
                .withMessageContaining("use ws:// or wss://");
        assertThat(token.toString()).contains("Authorization").doesNotContain("SECRET");
    }

    @Test
    void contradicting_tls_options_are_rejected() throws Exception {
        SSLContext context = SSLContext.getDefault();
        X509ExtendedKeyManager keys = new NoKeys();

        rejected(Tls.builder().ca("a").trustStore(Path.of("b"), "x"), "ca(...) and trustStore(...)");
        rejected(Tls.builder().ca("a").insecure(), "ca(...) and insecure()");
        rejected(Tls.builder().sslContext(context).ca("a"), "ca(...) and sslContext(...)");
        rejected(Tls.builder().sslContext(context).keyManager(keys), "keyManager(...) and sslContext(...)");
        rejected(Tls.builder().sslContext(context).pin("00".repeat(32)), "trustManager(...)");
        rejected(Tls.builder().sslContext(context).engine(Tls.Engine.BORINGSSL), "JDK's engine only");
        rejected(Tls.builder().keyManager(keys).engine(Tls.Engine.BORINGSSL), "JDK's engine only");
        rejected(Tls.builder().keyPassword("x"), "without key(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.builder().keyManager(new KeyManager() {}))
                .withMessageContaining("X509KeyManager");
    }

    private static void rejected(Tls.Builder tls, String message) {
        assertThatIllegalArgumentException().isThrownBy(tls::build).withMessageContaining(message);
    }

    /** A key manager without keys. */
    private static final class NoKeys extends X509ExtendedKeyManager {
        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[0];
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "/a b", "/a#b", "/\u00fc", ""})
    void an_invalid_web_socket_target_is_rejected(String target) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSocketRequest.target(target))
                .withMessageContaining("invalid WebSocket target");
    }

    @Test
    void proxies() {
        assertThat(ProxyServer.parse("http://user:pw@proxy"))
                .isEqualTo(new ProxyServer(ProxyServer.Kind.HTTP, "proxy", 3128, "user", "pw"))
                .hasToString("http://user:***@proxy:3128");
        assertThat(ProxyServer.parse("socks5://[::1]:1883"))
                .isEqualTo(new ProxyServer(ProxyServer.Kind.SOCKS5, "::1", 1883, null, null));
        assertThat(ProxyServer.parse("socks4://proxy").port()).isEqualTo(1080);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyServer.parse("proxy:1"))
                .withMessageContaining("http://host:port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyServer.parse("socks4://u:p@proxy"))
                .withMessageContaining("no password");
    }

    @Test
    void tls_options_show_no_secret() {
        Tls tls = Tls.builder()
                .certificate("-----BEGIN CERTIFICATE-----\nSECRET1")
                .key("-----BEGIN PRIVATE KEY-----\nSECRET2")
                .keyPassword("SECRET3")
                .build();

        assertThat(tls.toString()).doesNotContain("SECRET").contains("the given text");
        assertThat(Tls.builder().insecure().build().toString()).contains("INSECURE");
    }

    @Test
    void tls_options_that_contradict() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.builder().certificate("c.pem").build())
                .withMessageContaining("key(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.builder().pin("abc"))
                .withMessageContaining("64 hex digits");
    }

    @Test
    void headers_cannot_break_out_of_their_line() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSocketOptions.builder().header("X", "a\r\nY: b"))
                .withMessageContaining("control character");
    }
}
