package io.godwit.web.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON in other formats. */
class PayloadEncoderTest {
    private static byte[] encode(String format, String json) {
        return PayloadEncoder.of(format).encode(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cbor    | {\"t\":21}             | a1617415",
                "cbor    | [1,-1,\"a\",true,null]  | 8501206161f5f6",
                "cbor    | 1.5                    | fb3ff8000000000000",
                "msgpack | {\"t\":21}             | 81a17415",
                "msgpack | [1,-1,\"a\",true,null]  | 9501ffa161c3c0",
                "msgpack | 1.5                    | cb3ff8000000000000",
                "msgpack | 18446744073709551615   | cfffffffffffffffff"
            })
    void values_become_their_own_kinds(String format, String json, String hex) {
        assertThat(HexFormat.of().formatHex(encode(format, json))).isEqualTo(hex);
    }

    @ParameterizedTest
    @EnumSource(PayloadEncoder.class)
    void what_is_encoded_can_be_decoded(PayloadEncoder encoder) {
        String json = "{\"a\":[1,2.5,{\"b\":\"µ\"}],\"c\":null,\"d\":false,\"e\":-9223372036854775808}";
        byte[] payload = encoder.encode(json.getBytes(StandardCharsets.UTF_8));
        DecoderKind kind = DecoderKind.of(encoder.name().toLowerCase(java.util.Locale.ROOT));

        Decoded decoded = Decoding.usual().decode("t", payload, kind, topic -> null);

        assertThat(decoded.error()).isNull();
        assertThat(decoded.text().replaceAll("\\s", "")).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "hello", "[1,]"})
    void what_is_not_one_json_value_is_rejected(String json) {
        assertThatThrownBy(() -> encode("cbor", json)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> encode("msgpack", json)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_number_beyond_64_bits_and_an_unknown_name_are_rejected() {
        assertThatThrownBy(() -> encode("msgpack", "18446744073709551616"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PayloadEncoder.of("xml")).hasMessage("unknown encoder 'xml': use cbor or msgpack");
    }
}
