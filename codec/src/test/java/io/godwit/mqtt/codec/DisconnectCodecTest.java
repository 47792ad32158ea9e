package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;

import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DisconnectCodecTest {
    private static final MqttProperties NONE = MqttProperties.NONE;
    private static final Disconnect NORMAL = new Disconnect(ReasonCode.SUCCESS, NONE);

    @ParameterizedTest
    @EnumSource
    void normal_disconnection_takes_two_bytes(ProtocolVersion version) {
        assertBothWays(version, "e0 00", NORMAL);
    }

    @Test
    void reason_and_properties_on_5() {
        assertBothWays(V5, "e0 01 04", new Disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, NONE));
        assertBothWays(V5, "e0 01 8e", new Disconnect(ReasonCode.SESSION_TAKEN_OVER, NONE));
        assertBothWays(
                V5,
                "e0 0a 9d 08 1c 00 05 'other'",
                new Disconnect(ReasonCode.SERVER_MOVED, MqttProperties.of(Property.SERVER_REFERENCE, "other")));
        assertBothWays(
                V5,
                "e0 07 00 05 11 00 00 00 00",
                new Disconnect(ReasonCode.SUCCESS, MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 0L)));
        assertRead(V5, "e0 01 00", NORMAL);
        assertRead(V5, "e0 02 00 00", NORMAL);
    }

    @Test
    @DisplayName("[MQTT-3.14.2-1] only the disconnect reason codes, and none before 5")
    void reason_codes() {
        assertMalformed(V5, "e0 01 01", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-3.14.2-1]");
        assertMalformed(V5, "e0 01 84", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-3.14.2-1]");
        assertRefused(V5, new Disconnect(ReasonCode.BANNED, NONE), "[MQTT-3.14.2-1]");
        assertRefused(V3_1_1, new Disconnect(ReasonCode.SERVER_BUSY, NONE), "3.1.1");
    }

    @Test
    @DisplayName("[MQTT-3.14.1-1] the reserved bits are 0; before 5 there is no body")
    void header() {
        assertMalformed(V5, "e1 00", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertRead(V3_1, "e1 00", NORMAL);
        assertMalformed(V3_1_1, "e0 01 00", ReasonCode.MALFORMED_PACKET, 1, "(section 2.1.4)");
        assertMalformed(V5, "e0 03 00 00 00", ReasonCode.MALFORMED_PACKET, 4, "(section 2.1.4)");
    }
}
