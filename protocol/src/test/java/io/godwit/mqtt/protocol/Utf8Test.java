package io.godwit.mqtt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "\u007f\u0080",
                "\u07ff\u0800",
                "\ud7ff\ue000",
                "\uffff",
                "\ud800\udc00",
                "\udbff\udfff",
                "a\ud83d\udc26b"
            })
    void length_is_that_of_the_encoding(String text) {
        assertThat(Utf8.length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(Utf8.fault("text", text)).isNull();
        assertThat(Utf8.check("text", text)).isSameAs(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00", "\ud800a", "\udc00\ud800", "\ud83d\ud83d\udc26"})
    @DisplayName("[MQTT-1.5.4-1] half a surrogate pair cannot be encoded")
    void lone_surrogates(String text) {
        assertThatThrownBy(() -> Utf8.check("user name", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user name")
                .hasMessageContaining("[MQTT-1.5.4-1]");
        assertThat(Utf8.length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    @DisplayName("[MQTT-1.5.4-2] no null character; other control characters are not forbidden")
    void null_character() {
        assertThat(Utf8.fault("text", "ab\0")).contains("character 3").contains("[MQTT-1.5.4-2]");
        assertThat(Utf8.fault("text", "\u0001\u001f\u007f\u009f")).isNull();
    }

    @Test
    @DisplayName("(section 1.5.4) at most 65,535 bytes")
    void length_limit() {
        assertThat(Utf8.fault("user name", "x".repeat(65_535))).isNull();
        assertThat(Utf8.fault("user name", "x".repeat(65_536)))
                .contains("65536")
                .contains("(section 1.5.4)");
        assertThat(Utf8.fault("user name", "\ud83d\udc26".repeat(16_383))).isNull();
        assertThat(Utf8.fault("user name", "\ud83d\udc26".repeat(16_384))).contains("65536");
    }
}
