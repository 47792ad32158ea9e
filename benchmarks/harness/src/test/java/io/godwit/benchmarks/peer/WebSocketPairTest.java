package io.godwit.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of RFC 6455, and packets in frames. */
class WebSocketPairTest {
    private static final String MASKED_HELLO = "828537fa213d7f9f4d5158";

    private static String read(String... pieces) throws IOException {
        WebSocketPair pair = new WebSocketPair(new Pieces(List.of(pieces)));
        ByteBuffer into = ByteBuffer.allocate(100);
        while (pair.read(into) >= 0) {
            // until the end
        }
        return new String(into.array(), 0, into.position(), StandardCharsets.US_ASCII);
    }

    private static String written(String hex) throws IOException {
        Pieces raw = new Pieces(List.of());
        new WebSocketPair(raw).write(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
        return raw.written.toString();
    }

    @Test
    void the_upgrade_is_accepted_with_the_hash_of_the_key() throws IOException {
        String request = "GET /mqtt HTTP/1.1\r\nHost: a\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

        assertThat(WebSocketPair.answer(request))
                .startsWith("HTTP/1.1 101 ")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    }

    @Test
    void a_request_without_a_key_is_refused() {
        assertThatThrownBy(() -> WebSocketPair.answer("GET / HTTP/1.1\r\n\r\n"))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("without Sec-WebSocket-Key");
    }

    @Test
    void a_masked_payload_is_read_however_it_is_cut() throws IOException {
        assertThat(read(MASKED_HELLO + MASKED_HELLO)).isEqualTo("HelloHello");
        for (int cut = 2; cut < MASKED_HELLO.length(); cut += 2) {
            assertThat(read(MASKED_HELLO.substring(0, cut), MASKED_HELLO.substring(cut)))
                    .isEqualTo("Hello");
        }
    }

    @Test
    void a_longer_payload_is_unmasked_to_its_end() throws IOException {
        assertThat(read("828b11223344" + "65475e3474505230645056")).isEqualTo("temperature");
    }

    @Test
    void a_close_frame_ends_it() throws IOException {
        assertThat(read(MASKED_HELLO + "888200000000" + "03e8", MASKED_HELLO)).isEqualTo("Hello");
    }

    @Test
    void a_frame_without_a_mask_is_refused() {
        assertThatThrownBy(() -> read("820548656c6c6f")).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void each_packet_goes_as_a_message() throws IOException {
        assertThat(written("40020001" + "40020002")).isEqualTo("820440020001" + "820440020002");
    }

    @Test
    void a_ready_packet_has_its_frame_already() {
        byte[] packet = new byte[200];

        byte[] ready = new WebSocketPair(new Pieces(List.of())).ready(packet);

        assertThat(HexFormat.of().formatHex(ready, 0, 4)).isEqualTo("827e00c8");
        assertThat(ready).hasSize(204);
    }
}
