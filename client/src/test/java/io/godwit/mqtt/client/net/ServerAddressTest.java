package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void schemeHostAndPort(String text, Scheme scheme, String host, int port) {
        assertThat(ServerAddress.parse(text)).isEqualTo(ServerAddress.of(scheme, host, port));
    }

    @Test
    void userPasswordPathAndQuery() {
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
    void aUserAloneAndAnEmptyPassword() {
        assertThat(ServerAddress.parse("mqtt://user@h").password()).isNull();
        assertThat(ServerAddress.parse("mqtt://user:@h").password()).isEmpty();
    }

    @Test
    void unixSockets() {
        ServerAddress address = ServerAddress.parse("mqtt+unix:///run/my%20broker.sock");

        assertThat(address.scheme()).isEqualTo(Scheme.UNIX);
        assertThat(address.path()).isEqualTo("/run/my broker.sock");
        assertThat(address).hasToString("mqtt+unix:///run/my broker.sock");
    }

    @Test
    @DisplayName("toString shows neither password nor query")
    void noSecrets() {
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
                "tcp://broker | write mqtt://",
                "ssl://broker | write mqtts://",
                "https://broker | write wss://",
                "gopher://broker | 'gopher' is not known",
                "broker:mqtt | 'mqtt' behind 'broker:' is no port",
                "broker:0 | between 1 and 65535",
                "broker:65536 | between 1 and 65535",
                "broker:123456789012 | between 1 and 65535",
                "broker:-1 | between 1 and 65535",
                "2001:db8::1 | stands in brackets",
                "mqtt://[::1 | nothing closes",
                "mqtt://[broker] | no IPv6 address",
                "mqtt://[::1]1883 | is no port",
                "mqtt://bro ker | blank or control character at position 10",
                "mqtt://broker/#x | holds a '#'",
                "mqtt://u:p%4@broker | two hex digits",
                "mqtt://u:p%zz@broker | two hex digits",
                "mqtt://u:%ff@broker | not UTF-8",
                "mqtt://us:pa/ss@broker | written %2F",
                "mqtt://br{ker | it holds '{'",
                "mqtt+unix://run/x | three slashes",
                "mqtt+unix:// | absolute path"
            })
    void saysWhatIsWrong(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerAddress.parse(text))
                .withMessageContaining(message);
    }

    @Test
    @DisplayName("whatever the text: an address or a clear error, and never the password in it")
    void anyText() {
        Random random = new Random(5);
        String alphabet = "mqts:/@[]%?#.-_ab01ü ";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "mqtt://u:SECRET@" : "");
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                ServerAddress address = ServerAddress.parse(text.toString());
                if (address.password() != null && address.toString().contains("SECRET")) {
                    throw new AssertionError(text + " shows its password");
                }
            } catch (IllegalArgumentException e) {
                if (e.getMessage().contains("SECRET")) {
                    throw new AssertionError(text + " shows its password", e);
                }
            }
        }
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
    void tlsOptionsShowNoSecret() {
        Tls tls = Tls.builder()
                .certificate("-----BEGIN CERTIFICATE-----\nSECRET1")
                .key("-----BEGIN PRIVATE KEY-----\nSECRET2")
                .keyPassword("SECRET3")
                .build();

        assertThat(tls.toString()).doesNotContain("SECRET").contains("the given text");
        assertThat(Tls.builder().insecure().build().toString()).contains("INSECURE");
    }

    @Test
    void tlsOptionsThatContradict() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.builder().certificate("c.pem").build())
                .withMessageContaining("key(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.builder().pin("abc"))
                .withMessageContaining("64 hex digits");
    }

    @Test
    void headersCannotBreakOutOfTheirLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransportOptions.builder().webSocketHeader("X", "a\r\nY: b"))
                .withMessageContaining("line end");
    }
}
