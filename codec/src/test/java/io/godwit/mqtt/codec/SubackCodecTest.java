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
import io.godwit.mqtt.protocol.Suback;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SubackCodecTest {
    private static final MqttProperties NONE = MqttProperties.NONE;

    private static Suback suback(ReasonCode... reasons) {
        return new Suback(10, List.of(reasons), NONE);
    }

    @Test
    void granted() {
        Suback packet = suback(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_2);
        assertBothWays(V3_1, "90 05 00 0a 00 01 02", packet);
        assertBothWays(V3_1_1, "90 05 00 0a 00 01 02", packet);
        assertBothWays(V5, "90 06 00 0a 00 00 01 02", packet);
    }

    @Test
    @DisplayName("[MQTT-3.9.3-2] refused: no way on 3.1, 0x80 on 3.1.1, the reason codes of the packet on 5")
    void refused() {
        Suback failure = suback(ReasonCode.UNSPECIFIED_ERROR);
        assertBothWays(V3_1_1, "90 03 00 0a 80", failure);
        assertRefused(V3_1, failure, "(MQTT 3.1, section 3.9)");
        assertMalformed(V3_1, "90 03 00 0a 80", ReasonCode.PROTOCOL_ERROR, 4, "(MQTT 3.1, section 3.9)");

        Suback notAuthorized = suback(ReasonCode.NOT_AUTHORIZED, ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
        assertBothWays(V5, "90 05 00 0a 00 87 a2", notAuthorized);
        assertRefused(V3_1_1, notAuthorized, "[MQTT-3.9.3-2]");
        assertMalformed(V3_1_1, "90 03 00 0a 87", ReasonCode.PROTOCOL_ERROR, 4, "[MQTT-3.9.3-2]");

        assertRefused(V5, suback(ReasonCode.NO_SUBSCRIPTION_EXISTED), "[MQTT-3.9.3-2]");
        assertMalformed(V5, "90 04 00 0a 00 03", ReasonCode.PROTOCOL_ERROR, 5, "[MQTT-3.9.3-2]");
    }

    @Test
    void properties() {
        assertBothWays(
                V5,
                "90 08 00 0a 04 1f 00 01 'r' 00",
                new Suback(10, List.of(ReasonCode.SUCCESS), MqttProperties.of(Property.REASON_STRING, "r")));
    }

    @Test
    void without_codes_it_is_refused() {
        assertMalformed(V3_1_1, "90 02 00 0a", ReasonCode.PROTOCOL_ERROR, 4, "[MQTT-3.8.4-6]");
        assertMalformed(V5, "90 03 00 0a 00", ReasonCode.PROTOCOL_ERROR, 5, "[MQTT-3.8.4-6]");
        assertRefused(V3_1_1, suback(), "[MQTT-3.8.4-6]");
    }

    @Test
    @DisplayName("[MQTT-2.1.3-1] [MQTT-2.2.1-3] first byte and packet identifier")
    void header() {
        assertMalformed(V3_1_1, "92 03 00 0a 00", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertMalformed(V3_1_1, "90 03 00 00 00", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-2.2.1-3]");
        assertRefused(V5, new Suback(0, List.of(ReasonCode.SUCCESS), NONE), "[MQTT-2.2.1-3]");
    }
}
