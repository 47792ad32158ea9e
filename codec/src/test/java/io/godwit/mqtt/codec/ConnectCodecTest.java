package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;

import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.UserProperty;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectCodecTest {
    private static final ReasonCode MALFORMED = ReasonCode.MALFORMED_PACKET;

    private static Connect connect(ProtocolVersion version, String clientId) {
        return new Connect(version, clientId, true, 60, null, null, null, MqttProperties.NONE);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void the_shortest_of_each_version() {
        assertBothWays(V3_1, "10 0f 00 06 'MQIsdp' 03 02 00 3c 00 01 'c'", connect(V3_1, "c"));
        assertBothWays(V3_1_1, "10 0c 00 04 'MQTT' 04 02 00 3c 00 00", connect(V3_1_1, ""));
        assertBothWays(V5, "10 0d 00 04 'MQTT' 05 02 00 3c 00 00 00", connect(V5, ""));
    }

    @Test
    void will_user_name_and_password_on_3_1_1() {
        Message will = Message.of("w", "off").withQos(Qos.EXACTLY_ONCE).withRetain(true);
        Connect packet = new Connect(V3_1_1, "c", false, 65_535, will, "u", utf8("pw"), MqttProperties.NONE);

        assertBothWays(
                V3_1_1, "10 1c 00 04 'MQTT' 04 f4 ff ff 00 01 'c' 00 01 'w' 00 03 'off' 00 01 'u' 00 02 'pw'", packet);
    }

    @Test
    void everything_that_5_has() {
        MqttProperties willProperties = MqttProperties.of(Property.WILL_DELAY_INTERVAL, 5L)
                .and(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .and(Property.MESSAGE_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                .and(Property.CONTENT_TYPE, "t")
                .and(Property.RESPONSE_TOPIC, "r")
                .and(Property.CORRELATION_DATA, new byte[] {9})
                .and(Property.USER_PROPERTY, new UserProperty("k", "v"));
        Message will = new Message("w", utf8("off"), Qos.AT_LEAST_ONCE, false, willProperties);
        MqttProperties properties = MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 0x1_0000L)
                .and(Property.RECEIVE_MAXIMUM, 10)
                .and(Property.MAXIMUM_PACKET_SIZE, 0x10_0000L)
                .and(Property.TOPIC_ALIAS_MAXIMUM, 3)
                .and(Property.REQUEST_RESPONSE_INFORMATION, 1)
                .and(Property.REQUEST_PROBLEM_INFORMATION, 0)
                .and(Property.USER_PROPERTY, new UserProperty("a", "1"))
                .and(Property.USER_PROPERTY, new UserProperty("a", "2"))
                .and(Property.AUTHENTICATION_METHOD, "M")
                .and(Property.AUTHENTICATION_DATA, new byte[] {1, 2});

        assertBothWays(V5, """
                10 67 00 04 'MQTT' 05 ce 00 00
                2b 11 00 01 00 00 21 00 0a 27 00 10 00 00 22 00 03 19 01 17 00
                   26 00 01 'a' 00 01 '1' 26 00 01 'a' 00 01 '2' 15 00 01 'M' 16 00 02 01 02
                00 01 'c'
                1f 18 00 00 00 05 01 01 02 ff ff ff ff 03 00 01 't' 08 00 01 'r' 09 00 01 09 26 00 01 'k' 00 01 'v'
                00 01 'w' 00 03 'off' 00 01 'u' 00 01 'p'""", new Connect(V5, "c", true, 0, will, "u", utf8("p"), properties));
    }

    @Test
    void a_password_needs_no_user_name_on_5() {
        Connect packet = new Connect(V5, "", true, 0, null, null, utf8("p"), MqttProperties.NONE);

        assertBothWays(V5, "10 10 00 04 'MQTT' 05 42 00 00 00 00 00 00 01 'p'", packet);
    }

    @Test
    @DisplayName("[MQTT-3.1.2-22] of 3.1.1: no password without a user name before MQTT 5")
    void password_without_user_name() {
        String packet = "10 0f 00 04 'MQTT' 04 42 00 3c 00 00 00 01 'p'";

        assertMalformed(V3_1_1, packet, MALFORMED, 9, "[MQTT-3.1.2-22]");
        for (ProtocolVersion version : new ProtocolVersion[] {V3_1, V3_1_1}) {
            assertRefused(
                    version,
                    new Connect(version, "c", true, 0, null, null, utf8("p"), MqttProperties.NONE),
                    "[MQTT-3.1.2-22]");
        }
    }

    @ParameterizedTest(name = "{1} of version {2}")
    @DisplayName("[MQTT-3.1.2-1] [MQTT-3.1.2-2] only the three protocols are known")
    @CsvSource({"04,MQTT,06", "04,MQTT,03", "06,MQIsdp,04", "04,mqtt,04", "04,MQTT,84"})
    void unknown_protocol(String length, String name, String level) {
        int offset = 4 + name.length();
        String packet =
                "10 " + (offset == 8 ? "0c" : "0e") + " 00 " + length + "'" + name + "'" + level + "02 00 00 00 00";

        assertMalformed(V5, packet, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, offset, "[MQTT-3.1.2-2]");
    }

    @ParameterizedTest(name = "flags {0}: {1}")
    @DisplayName("[MQTT-3.1.2-3] [MQTT-3.1.2-11] [MQTT-3.1.2-12] [MQTT-3.1.2-13] the connect flags agree")
    @CsvSource({"03,[MQTT-3.1.2-3]", "0a,[MQTT-3.1.2-11]", "22,[MQTT-3.1.2-13]", "1e,[MQTT-3.1.2-12]"})
    void connect_flags(String flags, String statement) {
        assertMalformed(V3_1_1, "10 0c 00 04 'MQTT' 04 " + flags + " 00 3c 00 00", MALFORMED, 9, statement);
        assertMalformed(V5, "10 0d 00 04 'MQTT' 05 " + flags + " 00 3c 00 00 00", MALFORMED, 9, statement);
    }

    @Test
    void on_3_1_bits_without_meaning_are_left_alone_and_flagged_fields_may_lack() {
        assertRead(V3_1, "18 0f 00 06 'MQIsdp' 03 03 00 3c 00 01 'c'", connect(V3_1, "c"));
        assertRead(V3_1, "10 0f 00 06 'MQIsdp' 03 c2 00 3c 00 01 'c'", connect(V3_1, "c"));
    }

    @Test
    @DisplayName("[MQTT-2.1.3-1] the flags of the first byte are 0")
    void first_byte() {
        assertMalformed(V3_1_1, "11 0c 00 04 'MQTT' 04 02 00 3c 00 00", MALFORMED, 0, "[MQTT-2.1.3-1]");
    }

    @Test
    void on_3_1_a_client_identifier_has_1_to_23_characters() {
        String longest = "12345678901234567890123";
        String eAcute = "\u00e9".repeat(23);
        assertBothWays(V3_1, "10 25 00 06 'MQIsdp' 03 02 00 3c 00 17 '" + longest + "'", connect(V3_1, longest));
        assertBothWays(V3_1, "10 3c 00 06 'MQIsdp' 03 02 00 3c 00 2e '" + eAcute + "'", connect(V3_1, eAcute));

        assertRefused(V3_1, connect(V3_1, longest + "4"), "1 to 23");
        assertRefused(V3_1, connect(V3_1, ""), "1 to 23");
        assertMalformed(
                V3_1,
                "10 26 00 06 'MQIsdp' 03 02 00 3c 00 18 '" + longest + "4'",
                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                16,
                "(MQTT 3.1, section 3.1)");
        assertMalformed(
                V3_1,
                "10 0e 00 06 'MQIsdp' 03 02 00 3c 00 00",
                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                16,
                "(MQTT 3.1, section 3.1)");
    }

    @Test
    @DisplayName("[MQTT-3.1.3-8] of 3.1.1: an empty client identifier needs a clean session")
    void empty_client_identifier() {
        assertMalformed(
                V3_1_1,
                "10 0c 00 04 'MQTT' 04 00 00 3c 00 00",
                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                14,
                "[MQTT-3.1.3-8]");
        assertRefused(
                V3_1_1, new Connect(V3_1_1, "", false, 0, null, null, null, MqttProperties.NONE), "[MQTT-3.1.3-8]");
        assertBothWays(
                V5,
                "10 0d 00 04 'MQTT' 05 00 00 00 00 00 00",
                new Connect(V5, "", false, 0, null, null, null, MqttProperties.NONE));
    }

    @Test
    void a_will_topic_is_a_topic_name() {
        String packet = "10 12 00 04 'MQTT' 04 06 00 3c 00 00 00 01 '#' 00 01 'x'";
        assertMalformed(V3_1_1, packet, MALFORMED, 16, "[MQTT-3.3.2-2]");

        Connect refused = new Connect(V3_1_1, "c", true, 0, Message.of("#", "x"), null, null, MqttProperties.NONE);
        assertRefused(V3_1_1, refused, "[MQTT-3.3.2-2]");
    }

    @Test
    void lengths_that_do_not_fit_are_refused() {
        byte[] tooLong = new byte[65_536];
        String text = "x".repeat(65_536);
        MqttProperties none = MqttProperties.NONE;
        assertRefused(V5, new Connect(V5, "c", true, 65_536, null, null, null, none), "3.1.2.10");
        assertRefused(V5, new Connect(V5, "c", true, -1, null, null, null, none), "3.1.2.10");
        assertRefused(V5, new Connect(V5, text, true, 0, null, null, null, none), "65,535");
        assertRefused(V5, new Connect(V5, "c", true, 0, null, text, null, none), "65,535");
        assertRefused(V5, new Connect(V5, "c", true, 0, null, "u", tooLong, none), "65,535");
        assertRefused(V5, new Connect(V5, "c", true, 0, Message.of("w", tooLong), null, null, none), "65,535");
    }

    @Test
    @DisplayName("[MQTT-1.5.4-1] [MQTT-1.5.4-2] client identifier, user name and will topic are UTF-8")
    void strings() {
        MqttProperties none = MqttProperties.NONE;
        assertRefused(V5, connect(V5, "a\0"), "[MQTT-1.5.4-2]");
        assertRefused(V5, connect(V5, "a\ud800"), "[MQTT-1.5.4-1]");
        assertRefused(V5, new Connect(V5, "c", true, 0, null, "\udc00", null, none), "[MQTT-1.5.4-1]");
        assertMalformed(V3_1_1, "10 0d 00 04 'MQTT' 04 02 00 3c 00 01 00", MALFORMED, 14, "[MQTT-1.5.4-2]");
    }

    @Test
    void authentication_data_needs_a_method() {
        assertMalformed(
                V5,
                "10 11 00 04 'MQTT' 05 02 00 00 04 16 00 01 07 00 00",
                ReasonCode.PROTOCOL_ERROR,
                16,
                "(section 3.1.2.11.10)");
        MqttProperties data = MqttProperties.of(Property.AUTHENTICATION_DATA, new byte[1]);
        assertRefused(V5, new Connect(V5, "c", true, 0, null, null, null, data), "authentication method");
    }

    @Test
    void a_packet_that_ends_early_or_late_is_malformed() {
        assertMalformed(V3_1_1, "10 0b 00 04 'MQTT' 04 02 00 3c 00", MALFORMED, 12, "(section 1.5)");
        assertMalformed(V3_1_1, "10 0d 00 04 'MQTT' 04 02 00 3c 00 05 'a'", MALFORMED, 14, "(section 1.5)");
        assertMalformed(V3_1_1, "10 0d 00 04 'MQTT' 04 02 00 3c 00 00 00", MALFORMED, 14, "(section 2.1.4)");
        assertMalformed(V3_1_1, "10 00", MALFORMED, 2, "(section 1.5)");
        // 5 wants user name and password where the flags announce them.
        assertMalformed(V5, "10 0d 00 04 'MQTT' 05 82 00 00 00 00 00", MALFORMED, 15, "(section 1.5)");
    }
}
