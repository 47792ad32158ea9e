package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.UserProperty;
import io.godwit.mqtt.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishCodecTest {
    private static final ReasonCode MALFORMED = ReasonCode.MALFORMED_PACKET;

    private static Publish publish(Message message, int packetId) {
        return new Publish(message, false, packetId, 0);
    }

    private static Message message(Qos qos) {
        return Message.of("a/b", "hey").withQos(qos);
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1", "V3_1_1"})
    void the_three_qualities_of_service_before_5(ProtocolVersion version) {
        Message once = message(Qos.AT_MOST_ONCE);
        assertBothWays(version, "30 08 00 03 'a/b' 'hey'", publish(once, 0));
        assertBothWays(version, "31 08 00 03 'a/b' 'hey'", publish(once.withRetain(true), 0));
        assertBothWays(version, "32 0a 00 03 'a/b' 00 01 'hey'", publish(message(Qos.AT_LEAST_ONCE), 1));
        assertBothWays(version, "34 0a 00 03 'a/b' ff ff 'hey'", publish(message(Qos.EXACTLY_ONCE), 65_535));
        assertBothWays(version, "3a 0a 00 03 'a/b' 01 00 'hey'", new Publish(message(Qos.AT_LEAST_ONCE), true, 256, 0));
    }

    @Test
    void the_three_qualities_of_service_on_5() {
        assertBothWays(V5, "30 09 00 03 'a/b' 00 'hey'", publish(message(Qos.AT_MOST_ONCE), 0));
        assertBothWays(V5, "32 0b 00 03 'a/b' 00 01 00 'hey'", publish(message(Qos.AT_LEAST_ONCE), 1));
        assertBothWays(
                V5,
                "3d 0b 00 03 'a/b' ff ff 00 'hey'",
                new Publish(message(Qos.EXACTLY_ONCE).withRetain(true), true, 65_535, 0));
    }

    @Test
    void a_message_may_have_no_payload() {
        Message message = new Message("t", new byte[0], Qos.AT_MOST_ONCE, true, MqttProperties.NONE);
        assertBothWays(V3_1_1, "31 03 00 01 't'", publish(message, 0));
        assertBothWays(V5, "31 04 00 01 't' 00", publish(message, 0));
    }

    @Test
    void every_property() {
        MqttProperties properties = MqttProperties.of(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .and(Property.MESSAGE_EXPIRY_INTERVAL, 0x8000_0000L)
                .and(Property.RESPONSE_TOPIC, "r")
                .and(Property.CORRELATION_DATA, new byte[0])
                .and(Property.USER_PROPERTY, new UserProperty("k", "v"))
                .and(Property.SUBSCRIPTION_IDENTIFIER, 1)
                .and(Property.SUBSCRIPTION_IDENTIFIER, 268_435_455)
                .and(Property.CONTENT_TYPE, "c");
        Message message = new Message("t", new byte[] {7}, Qos.AT_MOST_ONCE, false, properties);

        assertBothWays(V5, """
                30 28 00 01 't'
                23 23 00 05 01 01 02 80 00 00 00 08 00 01 'r' 09 00 00 26 00 01 'k' 00 01 'v'
                   0b 01 0b ff ff ff 7f 03 00 01 'c'
                07""", new Publish(message, false, 0, 5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "02 0b 01 | 1 | 0",
                "05 0b ff ff ff 7f | 268435455 | 0",
                "07 0b 01 0b 02 0b 80 01 | 1 2 128 | 0",
                "04 0b 05 01 01 | 5 | 1",
                "06 01 01 0b 05 0b 06 | 5 6 | 1",
                "02 01 01 | '' | 1",
                "00 | '' | 0"
            })
    void subscription_identifiers_can_be_read_apart_from_the_properties(
            String properties, String identifiers, int others) {
        PublishFields fields = new PublishFields(true);
        byte[] body = Wire.bytes("00 01 't'" + properties + "'payload'");

        Message message = PublishCodec.read(0x30, body, 0, body.length, V5, TopicSource.VALIDATING, fields);

        List<String> apart = new ArrayList<>();
        for (int i = 0; i < fields.identifierCount(); i++) {
            apart.add(String.valueOf(fields.identifier(i)));
        }
        assertThat(String.join(" ", apart)).isEqualTo(identifiers);
        assertThat(message.properties().size()).isEqualTo(others);
        assertThat(message.text()).isEqualTo("payload");
    }

    @ParameterizedTest
    @ValueSource(strings = {"02 0b 00", "03 0b 80 00", "05 0b 80 80 80 80", "01 0b", "04 0b 01 0b", "02 0b 80"})
    void broken_subscription_identifiers_are_judged_as_all_properties_are(String properties) {
        byte[] body = Wire.bytes("00 01 't'" + properties);

        assertThatThrownBy(() -> PublishCodec.read(
                        0x30, body, 0, body.length, V5, TopicSource.VALIDATING, new PublishFields(true)))
                .isInstanceOf(ProtocolViolationException.class);
    }

    @Test
    void properties_are_left_out_before_5() {
        Message message = message(Qos.AT_MOST_ONCE).withContentType("c");
        ByteBuf out = Unpooled.buffer();

        PacketCodec.write(publish(message, 0), V3_1_1, out);

        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(ByteBufUtil.hexDump(Wire.bytes("30 08 00 03 'a/b' 'hey'")));
    }

    @ParameterizedTest(name = "a remaining length of {0}")
    @CsvSource({"127,7f", "128,80 01", "16383,ff 7f", "16384,80 80 01", "2097151,ff ff 7f", "2097152,80 80 80 01"})
    void the_remaining_length_takes_as_many_bytes_as_it_needs(int length, String written) {
        Message message = new Message("t", new byte[length - 3], Qos.AT_MOST_ONCE, false, MqttProperties.NONE);
        ByteBuf out = Unpooled.buffer(length + 5);

        PacketCodec.write(publish(message, 0), V3_1_1, out);

        byte[] header = Wire.bytes("30 " + written);
        assertThat(ByteBufUtil.getBytes(out, 0, header.length)).isEqualTo(header);
        assertThat(out.readableBytes()).isEqualTo(header.length + length);
        assertThat(Wire.read(V3_1_1, ByteBufUtil.getBytes(out))).isEqualTo(publish(message, 0));
    }

    @Test
    void the_largest_packet_is_accepted_and_one_byte_more_is_refused() {
        // Counted, not written: 256 MiB would be much for a test.
        assertThat(FixedHeader.checkLength(PacketType.PUBLISH, 268_435_455L)).isEqualTo(268_435_455);
        assertThatThrownBy(() -> FixedHeader.checkLength(PacketType.PUBLISH, 268_435_456L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("268,435,455");
    }

    @Test
    @DisplayName("[MQTT-3.3.1-4] QoS 3 does not exist")
    void qos_3() {
        assertMalformed(V3_1, "36 06 00 01 't' 00 01 'x'", MALFORMED, 0, "[MQTT-3.3.1-4]");
        assertMalformed(V5, "3f 07 00 01 't' 00 01 00 'x'", MALFORMED, 0, "[MQTT-3.3.1-4]");
    }

    @Test
    @DisplayName("[MQTT-3.3.1-2] DUP is 0 at QoS 0")
    void dup_at_qos_0() {
        assertMalformed(V3_1_1, "38 04 00 01 't' 'x'", MALFORMED, 0, "[MQTT-3.3.1-2]");
        assertRefused(V3_1_1, new Publish(message(Qos.AT_MOST_ONCE), true, 0, 0), "[MQTT-3.3.1-2]");
    }

    @Test
    @DisplayName("[MQTT-2.2.1-2] [MQTT-2.2.1-3] a packet identifier of 1 to 65,535 at QoS 1 and 2, none at QoS 0")
    void packet_identifier() {
        assertMalformed(V3_1_1, "32 06 00 01 't' 00 00 'x'", ReasonCode.PROTOCOL_ERROR, 5, "[MQTT-2.2.1-3]");
        assertRefused(V3_1_1, publish(message(Qos.AT_LEAST_ONCE), 0), "[MQTT-2.2.1-3]");
        assertRefused(V3_1_1, publish(message(Qos.EXACTLY_ONCE), 65_536), "[MQTT-2.2.1-3]");
        assertRefused(V5, publish(message(Qos.AT_MOST_ONCE), 1), "[MQTT-2.2.1-2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "a/+", "a#b", "\u00e9+"})
    @DisplayName("[MQTT-3.3.2-2] a topic name has no wildcard")
    void wildcard(String topic) {
        int bytes = Utf8.length(topic);
        int wildcard = topic.indexOf('#') >= 0 ? topic.indexOf('#') : topic.indexOf('+');
        assertMalformed(
                V3_1_1,
                "30 0%d 00 0%d '%s'".formatted(bytes + 2, bytes, topic),
                MALFORMED,
                4 + wildcard,
                "[MQTT-3.3.2-2]");
        assertRefused(V5, publish(Message.of(topic, "x").withQos(Qos.AT_MOST_ONCE), 0), "[MQTT-3.3.2-2]");
    }

    @Test
    @DisplayName("[MQTT-4.7.3-1] an empty topic name needs a topic alias")
    void empty_topic() {
        assertMalformed(V3_1_1, "30 03 00 00 'x'", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-4.7.3-1]");
        assertMalformed(V5, "30 04 00 00 00 'x'", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-4.7.3-1]");
        assertRefused(V5, publish(Message.of("", "x").withQos(Qos.AT_MOST_ONCE), 0), "[MQTT-4.7.3-1]");
        assertBothWays(
                V5,
                "30 07 00 00 03 23 00 01 'x'",
                new Publish(Message.of("", "x").withQos(Qos.AT_MOST_ONCE), false, 0, 1));
    }

    @Test
    @DisplayName("[MQTT-3.3.2-8] a topic alias is 1 to 65,535, once, on MQTT 5 only")
    void topic_alias() {
        Message message = message(Qos.AT_MOST_ONCE);
        assertMalformed(V5, "30 07 00 01 't' 03 23 00 00", ReasonCode.TOPIC_ALIAS_INVALID, 7, "[MQTT-3.3.2-8]");
        assertMalformed(V5, "30 0a 00 01 't' 06 23 00 01 23 00 01", ReasonCode.PROTOCOL_ERROR, 9, "(section 2.2.2.2)");
        assertRefused(V5, new Publish(message, false, 0, 65_536), "[MQTT-3.3.2-8]");
        assertRefused(V5, new Publish(message, false, 0, -1), "[MQTT-3.3.2-8]");
        assertRefused(V3_1_1, new Publish(message, false, 0, 1), "before MQTT 5");
        Message twice = message.withProperties(MqttProperties.of(Property.TOPIC_ALIAS, 1));
        assertRefused(V5, new Publish(twice, false, 0, 1), "[MQTT-3.3.2-8]");
    }

    @Test
    @DisplayName("[MQTT-3.3.2-14] a response topic has no wildcard")
    void response_topic() {
        assertMalformed(V5, "30 08 00 01 't' 04 08 00 01 '#'", ReasonCode.PROTOCOL_ERROR, 9, "[MQTT-3.3.2-14]");
        Message message = message(Qos.AT_MOST_ONCE);
        assertRefused(V5, publish(message.withResponseTopic("a/+"), 0), "[MQTT-3.3.2-14]");
        assertRefused(V5, publish(message.withResponseTopic(""), 0), "[MQTT-4.7.3-1]");
    }

    @Test
    @DisplayName("[MQTT-1.5.4-1] [MQTT-1.5.4-2] a topic name is well-formed UTF-8 without U+0000")
    void utf8() {
        assertMalformed(V3_1_1, "30 05 00 03 'a' 00 'b'", MALFORMED, 5, "[MQTT-1.5.4-2]");
        assertMalformed(V3_1_1, "30 05 00 03 'a' c3 'b'", MALFORMED, 5, "[MQTT-1.5.4-1]");
        assertMalformed(V5, "30 06 00 03 ed a0 80 00", MALFORMED, 4, "[MQTT-1.5.4-1]");
        assertRefused(V3_1_1, publish(Message.of("\ud83d", "x").withQos(Qos.AT_MOST_ONCE), 0), "[MQTT-1.5.4-1]");
    }

    @Test
    void a_packet_that_ends_early_is_malformed() {
        assertMalformed(V3_1_1, "30 00", MALFORMED, 2, "[MQTT-3.3.2-1]");
        assertMalformed(V3_1_1, "30 01 00", MALFORMED, 2, "[MQTT-3.3.2-1]");
        assertMalformed(V3_1_1, "30 04 00 03 'ab'", MALFORMED, 2, "[MQTT-3.3.2-1]");
        assertMalformed(V3_1_1, "32 04 00 01 't' 00", MALFORMED, 2, "[MQTT-3.3.2-1]");
        assertMalformed(V5, "30 03 00 01 't'", MALFORMED, 5, "(section 1.5)");
        assertMalformed(V5, "30 05 00 01 't' 02 01", MALFORMED, 5, "(section 2.2.2.1)");
    }

    @Test
    void the_short_ways_write_the_same_bytes() {
        Message message = message(Qos.AT_LEAST_ONCE).withContentType("c");
        byte[] topic = PublishCodec.topicField("a/b");
        ByteBuf whole = Unpooled.buffer();
        ByteBuf head = Unpooled.buffer();

        PublishCodec.write(whole, V5, message, topic, false, 9, 2, message.properties());
        PublishCodec.writeHead(head, V5, message, topic, false, 9, 2, message.properties());

        ByteBuf expected = Unpooled.buffer();
        PacketCodec.write(new Publish(message, false, 9, 2), V5, expected);
        assertThat(whole).isEqualTo(expected);
        assertThat(head.writeBytes(message.payload())).isEqualTo(expected);
        assertThat(PublishCodec.size(V5, message, topic, 2, message.properties()))
                .isEqualTo(whole.readableBytes());
    }

    @Test
    void a_topic_source_gets_the_bytes_and_gives_the_name() {
        byte[] bytes = Wire.bytes("00 03 'a/b' 00 07 'hey'");
        PublishFields fields = new PublishFields();
        TopicSource source = (in, index, length) -> {
            assertThat(new String(in, index, length, StandardCharsets.UTF_8)).isEqualTo("a/b");
            return "from the cache";
        };

        Message message = PublishCodec.read(0x3a, bytes, 0, bytes.length, V3_1_1, source, fields);

        assertThat(message.topic()).isEqualTo("from the cache");
        assertThat(message.text()).isEqualTo("hey");
        assertThat(fields.packetId()).isEqualTo(7);
        assertThat(fields.dup()).isTrue();
        assertThat(message.isDuplicate()).isTrue();
        assertThat(fields.topicAlias()).isZero();
    }
}
