package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StringsTest {
    private static String read(byte[] bytes) {
        return Strings.read(bytes, 0, bytes.length);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("[MQTT-1.5.4-1] overlong forms, surrogates, what is past U+10FFFF and what is cut short is refused")
    @CsvSource({
        "80,0",
        "bf,0",
        "c0 80,0",
        "c1 bf,0",
        "c2,0",
        "c2 41,0",
        "e0 80 80,0",
        "e0 9f bf,0",
        "e1 80,0",
        "ed a0 80,0",
        "ed bf bf,0",
        "f0 80 80 80,0",
        "f0 8f bf bf,0",
        "f4 90 80 80,0",
        "f5 80 80 80,0",
        "ff,0",
        "61 62 e2 82,2",
        "e2 82 ac ed a0 80 ed b0 80,3"
    })
    void malformed(String hex, int offset) {
        byte[] bytes = Wire.bytes(hex);
        ProtocolViolationException e = catchThrowableOfType(ProtocolViolationException.class, () -> read(bytes));
        assertThat(e.statement()).isEqualTo("[MQTT-1.5.4-1]");
        assertThat(e.offset()).isEqualTo(offset);
    }

    @Test
    @DisplayName("[MQTT-1.5.4-3] U+FEFF is kept wherever it stands")
    void byte_order_mark() {
        assertThat(read(Wire.bytes("ef bb bf 'a' ef bb bf"))).isEqualTo("\ufeffa\ufeff");
    }

    @Test
    void every_code_point_is_read_and_written() {
        ByteBuf buffer = Unpooled.buffer();
        for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String text = Character.toString(c);
                buffer.clear();
                Strings.write(buffer, text);
                assertThat(buffer.readableBytes()).isEqualTo(Strings.size("text", text));
                if (!Strings.read(buffer.array(), 2, buffer.getUnsignedShort(0)).equals(text)) {
                    throw new AssertionError("U+" + Integer.toHexString(c));
                }
            }
        }
    }

    @Test
    void agrees_with_the_decoder_of_the_JDK() {
        Random random = new Random(11);
        int[] edges = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4};
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = (byte) edges[random.nextInt(edges.length)];
            }
            String expected = null;
            try {
                expected = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                // Stays null: malformed.
            }
            String actual = null;
            try {
                actual = read(bytes);
            } catch (ProtocolViolationException e) {
                // Stays null: malformed.
            }
            assertThat(actual).isEqualTo(expected);
        }
    }
}
