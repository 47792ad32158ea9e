package io.godwit.mqtt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/",
                "//",
                " ",
                "a/b c/d",
                "$SYS/x",
                "$share/g/a",
                "\u20ac",
                "\ud83d\udc26",
                "\ufeffa",
                "\uffff"
            })
    @DisplayName("(section 4.7.3) any characters but wildcards and U+0000")
    void good_names(String name) {
        assertThat(TopicName.check(name)).isSameAs(name);
    }

    @ParameterizedTest
    @CsvSource({"#, 1", "a/#, 3", "+, 1", "a+b, 2", "$SYS/+/x, 6"})
    @DisplayName("[MQTT-3.3.2-2] [MQTT-4.7.0-1] no wildcards; the message says where")
    void wildcards(String name, int character) {
        assertThatThrownBy(() -> TopicName.check(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[MQTT-3.3.2-2]")
                .hasMessageContaining("character " + character);
    }

    @Test
    @DisplayName("[MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-4.7.3-3] 1 to 65,535 bytes of UTF-8 without U+0000")
    void text() {
        assertThatThrownBy(() -> TopicName.check("")).hasMessageContaining("[MQTT-4.7.3-1]");
        assertThatThrownBy(() -> TopicName.check("a\0b")).hasMessageContaining("[MQTT-1.5.4-2]");
        assertThatThrownBy(() -> TopicName.check("\udc00")).hasMessageContaining("[MQTT-1.5.4-1]");
        assertThat(TopicName.fault("\u20ac".repeat(21_845))).isNull();
        assertThatThrownBy(() -> TopicName.check("\u20ac".repeat(21_845) + "a"))
                .hasMessageContaining("65536")
                .hasMessageContaining("[MQTT-4.7.3-3]");
    }
}
