package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AuthCodecTest {
    private static final MqttProperties NONE = MqttProperties.NONE;
    private static final Auth SUCCESS = new Auth(ReasonCode.SUCCESS, NONE);

    @Test
    void a_step_of_authentication() {
        MqttProperties properties = MqttProperties.of(Property.AUTHENTICATION_METHOD, "M")
                .and(Property.AUTHENTICATION_DATA, new byte[] {1, 2});

        assertBothWays(
                V5,
                "f0 0b 18 09 15 00 01 'M' 16 00 02 01 02",
                new Auth(ReasonCode.CONTINUE_AUTHENTICATION, properties));
        assertBothWays(V5, "f0 0b 19 09 15 00 01 'M' 16 00 02 01 02", new Auth(ReasonCode.RE_AUTHENTICATE, properties));
        assertBothWays(V5, "f0 02 19 00", new Auth(ReasonCode.RE_AUTHENTICATE, NONE));
        assertBothWays(V5, "f0 00", SUCCESS);
        assertRead(V5, "f0 02 00 00", SUCCESS);
    }

    @Test
    void before_5_the_packet_type_is_reserved() {
        assertMalformed(V3_1, "f0 00", ReasonCode.MALFORMED_PACKET, 0, "(section 2.1.2)");
        assertMalformed(V3_1_1, "f0 00", ReasonCode.MALFORMED_PACKET, 0, "(section 2.1.2)");
        assertRefused(V3_1_1, SUCCESS, "3.1.1");
    }

    @Test
    @DisplayName("[MQTT-3.15.2-1] only the three reason codes")
    void reason_codes() {
        assertMalformed(V5, "f0 02 01 00", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-3.15.2-1]");
        assertRefused(V5, new Auth(ReasonCode.NOT_AUTHORIZED, NONE), "[MQTT-3.15.2-1]");
    }

    @Test
    @DisplayName("[MQTT-3.15.1-1] [MQTT-2.2.2-1] reserved bits are 0, and the property length is there")
    void header() {
        assertMalformed(V5, "f1 00", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertMalformed(V5, "f0 01 18", ReasonCode.MALFORMED_PACKET, 3, "(section 1.5)");
        assertMalformed(V5, "f0 03 18 00 00", ReasonCode.MALFORMED_PACKET, 4, "(section 2.1.4)");
    }
}
