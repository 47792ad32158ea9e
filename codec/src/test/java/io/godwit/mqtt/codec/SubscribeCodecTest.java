package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;
import static io.godwit.mqtt.codec.Wire.assertWritten;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.UserProperty;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribeCodecTest {
    private static final ReasonCode MALFORMED = ReasonCode.MALFORMED_PACKET;
    private static final MqttProperties NONE = MqttProperties.NONE;
    private static final TopicSubscription ALL = TopicSubscription.of("#", Qos.AT_LEAST_ONCE);

    @Test
    void filters_with_their_quality_of_service_before_5() {
        Subscribe packet = new Subscribe(
                10,
                List.of(
                        TopicSubscription.of("a/+", Qos.AT_MOST_ONCE),
                        ALL,
                        TopicSubscription.of("c", Qos.EXACTLY_ONCE)),
                NONE);

        assertBothWays(V3_1, "82 10 00 0a 00 03 'a/+' 00 00 01 '#' 01 00 01 'c' 02", packet);
        assertBothWays(V3_1_1, "82 10 00 0a 00 03 'a/+' 00 00 01 '#' 01 00 01 'c' 02", packet);
    }

    @Test
    void subscription_options_and_properties_on_5() {
        MqttProperties properties = MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 128)
                .and(Property.USER_PROPERTY, new UserProperty("k", "v"));
        TopicSubscription options =
                ALL.withNoLocal(true).withRetainAsPublished(true).withRetainHandling(RetainHandling.DO_NOT_SEND);
        TopicSubscription shared =
                TopicSubscription.of("$share/g/t", Qos.EXACTLY_ONCE).withRetainHandling(RetainHandling.SEND_IF_NEW);

        assertBothWays(V5, "82 07 00 0a 00 00 01 '#' 01", new Subscribe(10, List.of(ALL), NONE));
        assertBothWays(
                V5,
                "82 1e 00 0a 0a 0b 80 01 26 00 01 'k' 00 01 'v' 00 01 '#' 2d 00 0a '$share/g/t' 12",
                new Subscribe(10, List.of(options, shared), properties));
    }

    @Test
    void options_of_5_are_left_out_before() {
        TopicSubscription options =
                ALL.withNoLocal(true).withRetainAsPublished(true).withRetainHandling(RetainHandling.DO_NOT_SEND);
        assertWritten(V3_1_1, new Subscribe(10, List.of(options), NONE), "82 06 00 0a 00 01 '#' 01");
    }

    @Test
    void on_3_1_it_may_be_marked_as_a_repetition() {
        assertRead(V3_1, "8a 06 00 0a 00 01 '#' 01", new Subscribe(10, List.of(ALL), NONE));
        assertMalformed(V3_1_1, "8a 06 00 0a 00 01 '#' 01", MALFORMED, 0, "[MQTT-2.1.3-1]");
    }

    @Test
    @DisplayName("[MQTT-3.8.1-1] the flags of the first byte are 2")
    void first_byte() {
        assertMalformed(V3_1, "80 06 00 0a 00 01 '#' 01", MALFORMED, 0, "[MQTT-2.1.3-1]");
        assertMalformed(V5, "80 07 00 0a 00 00 01 '#' 01", MALFORMED, 0, "[MQTT-2.1.3-1]");
    }

    @Test
    @DisplayName("[MQTT-3.8.3-2] at least one topic filter")
    void no_filter() {
        assertMalformed(V3_1_1, "82 02 00 0a", ReasonCode.PROTOCOL_ERROR, 4, "[MQTT-3.8.3-2]");
        assertMalformed(V5, "82 03 00 0a 00", ReasonCode.PROTOCOL_ERROR, 5, "[MQTT-3.8.3-2]");
        assertRefused(V3_1, new Subscribe(10, List.of(), NONE), "[MQTT-3.8.3-2]");
    }

    @Test
    @DisplayName("[MQTT-2.2.1-3] a packet identifier that is not 0")
    void packet_identifier() {
        assertMalformed(V3_1_1, "82 06 00 00 00 01 '#' 01", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-2.2.1-3]");
        assertRefused(V3_1_1, new Subscribe(0, List.of(ALL), NONE), "[MQTT-2.2.1-3]");
    }

    @ParameterizedTest(name = "options {0}")
    @DisplayName("[MQTT-3.8.3-5] the reserved bits of the options are 0, and QoS and retain handling exist")
    @CsvSource({
        "40,[MQTT-3.8.3-5],MALFORMED_PACKET", "80,[MQTT-3.8.3-5],MALFORMED_PACKET",
        "03,(section 3.8.3.1),PROTOCOL_ERROR", "30,(section 3.8.3.1),PROTOCOL_ERROR"
    })
    void options(String options, String statement, ReasonCode reason) {
        assertMalformed(V5, "82 07 00 0a 00 00 01 '#'" + options, reason, 8, statement);
    }

    @ParameterizedTest
    @ValueSource(strings = {"04", "08", "10", "80"})
    void before_5_all_but_the_quality_of_service_is_reserved(String options) {
        assertMalformed(V3_1_1, "82 06 00 0a 00 01 '#'" + options, MALFORMED, 7, "[MQTT-3.8.3-5]");
    }

    @Test
    @DisplayName("[MQTT-3.8.3-4] no local is not for shared subscriptions")
    void no_local_on_a_shared_subscription() {
        assertMalformed(V5, "82 10 00 0a 00 00 0a '$share/g/t' 04", ReasonCode.PROTOCOL_ERROR, 17, "[MQTT-3.8.3-4]");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a#,[MQTT-4.7.1-1]", "+a,[MQTT-4.7.1-2]", "'',[MQTT-4.7.3-1]", "$share/g,[MQTT-4.8.2-2]"})
    void an_invalid_filter(String filter, String statement) {
        String length = "0" + filter.length();
        String total = "%02x".formatted(5 + filter.length());
        assertMalformed(V3_1_1, "82" + total + "00 0a 00" + length + "'" + filter + "' 00", MALFORMED, 6, statement);
    }

    @Test
    void a_packet_that_ends_early_is_malformed() {
        assertMalformed(V3_1_1, "82 01 00", MALFORMED, 2, "(section 1.5)");
        assertMalformed(V3_1_1, "82 05 00 0a 00 01 '#'", MALFORMED, 7, "(section 1.5)");
        assertMalformed(V3_1_1, "82 06 00 0a 00 09 '#' 01", MALFORMED, 6, "(section 1.5)");
    }
}
