package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MqttClientBuilderTest {
    @Test
    void a_maximum_packet_size_that_lets_no_packet_through_is_refused_at_once() {
        assertThatThrownBy(() -> MqttClient.builder().maximumPacketSize(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maximum packet size 1")
                .hasMessageContaining("2");
    }
}
