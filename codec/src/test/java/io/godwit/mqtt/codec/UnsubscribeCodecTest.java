package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.godwit.mqtt.protocol.UserProperty;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnsubscribeCodecTest {
    private static final ReasonCode MALFORMED = ReasonCode.MALFORMED_PACKET;
    private static final Unsubscribe TWO =
            new Unsubscribe(10, List.of(TopicFilter.of("a/+"), TopicFilter.of("#")), MqttProperties.NONE);

    @Test
    void filters() {
        assertBothWays(V3_1, "a2 0a 00 0a 00 03 'a/+' 00 01 '#'", TWO);
        assertBothWays(V3_1_1, "a2 0a 00 0a 00 03 'a/+' 00 01 '#'", TWO);
        assertBothWays(V5, "a2 0b 00 0a 00 00 03 'a/+' 00 01 '#'", TWO);
    }

    @Test
    void properties() {
        assertBothWays(
                V5,
                "a2 0d 00 0a 07 26 00 01 'k' 00 01 'v' 00 01 't'",
                new Unsubscribe(
                        10,
                        List.of(TopicFilter.of("t")),
                        MqttProperties.of(Property.USER_PROPERTY, new UserProperty("k", "v"))));
    }

    @Test
    @DisplayName("[MQTT-3.10.3-2] at least one topic filter")
    void no_filter() {
        assertMalformed(V3_1_1, "a2 02 00 0a", ReasonCode.PROTOCOL_ERROR, 4, "[MQTT-3.10.3-2]");
        assertRefused(V5, new Unsubscribe(10, List.of(), MqttProperties.NONE), "[MQTT-3.10.3-2]");
    }

    @Test
    @DisplayName("[MQTT-3.10.1-1] [MQTT-2.2.1-3] first byte and packet identifier")
    void header() {
        assertMalformed(V3_1_1, "a0 05 00 0a 00 01 '#'", MALFORMED, 0, "[MQTT-2.1.3-1]");
        assertRead(V3_1, "aa 0a 00 0a 00 03 'a/+' 00 01 '#'", TWO);
        assertMalformed(V3_1_1, "a2 05 00 00 00 01 '#'", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-2.2.1-3]");
        assertRefused(V5, new Unsubscribe(0, TWO.filters(), MqttProperties.NONE), "[MQTT-2.2.1-3]");
    }

    @Test
    void what_is_no_filter_is_malformed() {
        assertMalformed(V3_1_1, "a2 06 00 0a 00 02 'a+'", MALFORMED, 6, "[MQTT-4.7.1-2]");
        assertMalformed(V3_1_1, "a2 04 00 0a 00 00", MALFORMED, 6, "[MQTT-4.7.3-1]");
        assertMalformed(V3_1_1, "a2 03 00 0a 00", MALFORMED, 4, "(section 1.5)");
    }
}
