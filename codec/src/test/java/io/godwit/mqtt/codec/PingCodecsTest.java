package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;

import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PINGREQ and PINGRESP. */
class PingCodecsTest {
    @ParameterizedTest
    @EnumSource
    void two_bytes_on_every_version(ProtocolVersion version) {
        assertBothWays(version, "c0 00", new Pingreq());
        assertBothWays(version, "d0 00", new Pingresp());
    }

    @Test
    void a_body_is_malformed() {
        assertMalformed(V3_1, "c0 01 00", ReasonCode.MALFORMED_PACKET, 1, "(section 2.1.4)");
        assertMalformed(V5, "d0 01 00", ReasonCode.MALFORMED_PACKET, 1, "(section 2.1.4)");
    }

    @Test
    void flags_are_malformed_but_on_3_1() {
        assertMalformed(V3_1_1, "c1 00", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertMalformed(V5, "d8 00", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertRead(V3_1, "cb 00", new Pingreq());
    }
}
