package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRefused;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Unsuback;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnsubackCodecTest {
    private static final MqttProperties NONE = MqttProperties.NONE;

    @Test
    void before_5_it_is_just_the_packet_identifier() {
        assertBothWays(V3_1, "b0 02 00 0a", new Unsuback(10, List.of(), NONE));
        assertBothWays(V3_1_1, "b0 02 00 0a", new Unsuback(10, List.of(), NONE));
        assertMalformed(V3_1_1, "b0 03 00 0a 00", ReasonCode.MALFORMED_PACKET, 4, "(section 2.1.4)");
        assertRefused(V3_1_1, new Unsuback(10, List.of(ReasonCode.SUCCESS), NONE), "3.1.1");
    }

    @Test
    void on_5_it_has_a_code_for_each_filter() {
        List<ReasonCode> reasons =
                List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED, ReasonCode.NOT_AUTHORIZED);
        assertBothWays(V5, "b0 06 00 0a 00 00 11 87", new Unsuback(10, reasons, NONE));
        assertBothWays(
                V5,
                "b0 0a 00 0a 04 1f 00 01 'r' 00 11 87",
                new Unsuback(10, reasons, MqttProperties.of(Property.REASON_STRING, "r")));
    }

    @Test
    @DisplayName("[MQTT-3.11.3-1] [MQTT-3.11.3-2] a code for each filter, and only those of the packet")
    void reason_codes() {
        assertMalformed(V5, "b0 03 00 0a 00", ReasonCode.PROTOCOL_ERROR, 5, "[MQTT-3.11.3-1]");
        assertRefused(V5, new Unsuback(10, List.of(), NONE), "[MQTT-3.11.3-1]");
        assertMalformed(V5, "b0 04 00 0a 00 01", ReasonCode.PROTOCOL_ERROR, 5, "[MQTT-3.11.3-2]");
        assertRefused(V5, new Unsuback(10, List.of(ReasonCode.QUOTA_EXCEEDED), NONE), "[MQTT-3.11.3-2]");
    }

    @Test
    @DisplayName("[MQTT-2.1.3-1] [MQTT-2.2.1-3] first byte and packet identifier")
    void header() {
        assertMalformed(V5, "b1 04 00 0a 00 00", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertMalformed(V5, "b0 04 00 00 00 00", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-2.2.1-3]");
        assertRefused(V3_1_1, new Unsuback(0, List.of(), NONE), "[MQTT-2.2.1-3]");
    }
}
