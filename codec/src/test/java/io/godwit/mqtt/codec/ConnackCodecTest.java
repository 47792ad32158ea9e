package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.UserProperty;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConnackCodecTest {
    private static final MqttProperties NONE = MqttProperties.NONE;

    @Test
    void accepted() {
        assertBothWays(V3_1, "20 02 00 00", new Connack(false, 0, NONE));
        assertBothWays(V3_1_1, "20 02 01 00", new Connack(true, 0, NONE));
        assertBothWays(V5, "20 03 01 00 00", new Connack(true, 0, NONE));
    }

    @Test
    void refused() {
        for (int code = 1; code <= 5; code++) {
            assertBothWays(V3_1, "20 02 00 0" + code, new Connack(false, code, NONE));
            assertBothWays(V3_1_1, "20 02 00 0" + code, new Connack(false, code, NONE));
        }
        assertBothWays(V3_1_1, "20 02 00 ff", new Connack(false, 255, NONE));
        assertBothWays(V5, "20 03 00 87 00", new Connack(false, 0x87, NONE));
    }

    @Test
    void every_property() {
        MqttProperties properties = MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 0L)
                .and(Property.RECEIVE_MAXIMUM, 65_535)
                .and(Property.MAXIMUM_QOS, 1)
                .and(Property.RETAIN_AVAILABLE, 0)
                .and(Property.MAXIMUM_PACKET_SIZE, 1L)
                .and(Property.ASSIGNED_CLIENT_IDENTIFIER, "id")
                .and(Property.TOPIC_ALIAS_MAXIMUM, 0)
                .and(Property.REASON_STRING, "ok")
                .and(Property.USER_PROPERTY, new UserProperty("", "\u20ac"))
                .and(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
                .and(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1)
                .and(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
                .and(Property.SERVER_KEEP_ALIVE, 300)
                .and(Property.RESPONSE_INFORMATION, "ri")
                .and(Property.SERVER_REFERENCE, "sr")
                .and(Property.AUTHENTICATION_METHOD, "M")
                .and(Property.AUTHENTICATION_DATA, new byte[] {1});

        assertBothWays(V5, """
                20 44 00 00 41
                11 00 00 00 00 21 ff ff 24 01 25 00 27 00 00 00 01 12 00 02 'id' 22 00 00 1f 00 02 'ok'
                26 00 00 00 03 e2 82 ac 28 00 29 01 2a 00 13 01 2c 1a 00 02 'ri' 1c 00 02 'sr' 15 00 01 'M' 16 00 01 01""", new Connack(false, 0, properties));
    }

    @Test
    @DisplayName("[MQTT-3.2.2-1] the reserved bits of the acknowledge flags are 0; on 3.1 the byte has no meaning")
    void acknowledge_flags() {
        assertMalformed(V3_1_1, "20 02 02 00", ReasonCode.MALFORMED_PACKET, 2, "[MQTT-3.2.2-1]");
        assertMalformed(V5, "20 03 80 00 00", ReasonCode.MALFORMED_PACKET, 2, "[MQTT-3.2.2-1]");
        assertRead(V3_1, "20 02 ff 00", new Connack(false, 0, NONE));
        assertRefused(V3_1, new Connack(true, 0, NONE), "3.1");
    }

    @Test
    @DisplayName("[MQTT-3.2.2-6] a refusal never says session present")
    void session_present() {
        assertMalformed(V3_1_1, "20 02 01 05", ReasonCode.PROTOCOL_ERROR, 3, "[MQTT-3.2.2-6]");
        assertMalformed(V5, "20 03 01 87 00", ReasonCode.PROTOCOL_ERROR, 3, "[MQTT-3.2.2-6]");
        assertRefused(V5, new Connack(true, 0x87, NONE), "[MQTT-3.2.2-6]");
        assertRefused(V3_1_1, new Connack(true, 5, NONE), "[MQTT-3.2.2-6]");
    }

    @Test
    @DisplayName("[MQTT-3.2.2-8] only the connect reason codes")
    void reason_codes() {
        assertMalformed(V5, "20 03 00 01 00", ReasonCode.PROTOCOL_ERROR, 3, "[MQTT-3.2.2-8]");
        assertMalformed(V5, "20 03 00 93 00", ReasonCode.PROTOCOL_ERROR, 3, "[MQTT-3.2.2-8]");
        assertMalformed(V5, "20 03 00 ff 00", ReasonCode.PROTOCOL_ERROR, 3, "[MQTT-3.2.2-8]");
        assertRefused(V5, new Connack(false, 1, NONE), "[MQTT-3.2.2-8]");
        assertRefused(V5, new Connack(false, 0xFE, NONE), "[MQTT-3.2.2-8]");
        assertRefused(V3_1_1, new Connack(false, 256, NONE), "0 to 255");
    }

    @Test
    void a_packet_that_ends_early_or_late_is_malformed() {
        assertMalformed(V3_1_1, "20 01 00", ReasonCode.MALFORMED_PACKET, 3, "(section 1.5)");
        assertMalformed(V3_1_1, "20 03 00 00 00", ReasonCode.MALFORMED_PACKET, 4, "(section 2.1.4)");
        assertMalformed(V5, "20 02 00 00", ReasonCode.MALFORMED_PACKET, 4, "(section 1.5)");
        assertMalformed(V5, "20 04 00 00 00 00", ReasonCode.MALFORMED_PACKET, 5, "(section 2.1.4)");
    }
}
