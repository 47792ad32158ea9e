package io.godwit.mqtt.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCheckTest {
    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:3000", "https://127.0.0.1", "http://[::1]:80", "https://App.example"})
    void pages_of_this_machine_and_listed_ones_may_connect(String origin) {
        assertThat(new OriginCheck(Set.of("https://app.example")).isAllowed(origin))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "",
                "http://localhost.evil.example",
                "http://127.0.0.1.evil.example",
                "::"
            })
    void other_pages_may_not(String origin) {
        assertThat(new OriginCheck(Set.of("https://app.example")).isAllowed(origin))
                .isFalse();
        assertThat(new OriginCheck(Set.of("*")).isAllowed(origin)).isTrue();
    }

    @Test
    void a_handshake_of_a_foreign_page_gets_403_and_one_without_origin_gets_101() throws IOException {
        try (MqttBroker broker = MqttBroker.builder().webSocket("/mqtt").start()) {
            assertThat(statusOfHandshake(broker, "https://evil.example")).contains(" 403 ");
            assertThat(statusOfHandshake(broker, null)).contains(" 101 ");
        }
    }

    private static String statusOfHandshake(MqttBroker broker, @Nullable String origin) throws IOException {
        try (Socket socket = new Socket(broker.host(), broker.port())) {
            socket.setSoTimeout(5_000);
            String request = "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Protocol: mqtt\r\n"
                    + (origin == null ? "" : "Origin: " + origin + "\r\n") + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] status = socket.getInputStream().readNBytes(20);
            return new String(status, StandardCharsets.US_ASCII);
        }
    }
}
