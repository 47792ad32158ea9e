package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.godwit.mqtt.protocol.UserProperty;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of section 2.2.2.2: which packet carries which property, how often and with which values. */
class PropertiesCodecTest {
    /** Copied from the standard by hand: identifier, and the packets that may carry it. */
    private static final String TABLE = """
            01 PUBLISH WILL
            02 PUBLISH WILL
            03 PUBLISH WILL
            08 PUBLISH WILL
            09 PUBLISH WILL
            0b PUBLISH SUBSCRIBE
            11 CONNECT CONNACK DISCONNECT
            12 CONNACK
            13 CONNACK
            15 CONNECT CONNACK AUTH
            16 CONNECT CONNACK AUTH
            17 CONNECT
            18 WILL
            19 CONNECT
            1a CONNACK
            1c CONNACK DISCONNECT
            1f CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH
            21 CONNECT CONNACK
            22 CONNECT CONNACK
            23 PUBLISH
            24 CONNACK
            25 CONNACK
            26 CONNECT WILL CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH
            27 CONNECT CONNACK
            28 CONNACK
            29 CONNACK
            2a CONNACK""";

    static Stream<Arguments> everyPropertyInEveryPacket() {
        return TABLE.lines().flatMap(line -> {
            String[] words = line.split(" ");
            Property<?> property = Property.of(Integer.parseInt(words[0], 16));
            List<String> allowed = Arrays.asList(words).subList(1, words.length);
            return Stream.of(Location.values())
                    .map(location -> Arguments.of(property, location, allowed.contains(location.name())));
        });
    }

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @MethodSource("everyPropertyInEveryPacket")
    @DisplayName("(section 2.2.2.2) a packet carries the properties that the table allows, and no other")
    void table(Property<?> property, Location location, boolean allowed) {
        MqttProperties properties =
                MqttProperties.builder().add(property, sample(property)).build();
        if (property == Property.AUTHENTICATION_DATA && location == Location.CONNECT) {
            properties = properties.and(Property.AUTHENTICATION_METHOD, "M");
        }
        if (property == Property.TOPIC_ALIAS && location == Location.PUBLISH) {
            return; // A field of its own, see PublishCodecTest.
        }
        Packet packet = packet(location, properties);
        if (allowed) {
            ByteBuf out = Unpooled.buffer();
            PacketCodec.write(packet, V5, out);
            assertThat(Wire.read(V5, ByteBufUtil.getBytes(out))).isEqualTo(packet);
        } else {
            assertRefused(V5, packet, "not allowed in " + location);
        }
    }

    @Test
    void the_vocabulary_has_the_properties_of_the_table() {
        assertThat(Property.all().stream().map(p -> "%02x".formatted(p.identifier())))
                .containsExactlyElementsOf(
                        TABLE.lines().map(line -> line.substring(0, 2)).collect(Collectors.toList()));
        assertThat(Property.of(0)).isNull();
        assertThat(Property.of(0x2B)).isNull();
        assertThat(Property.of(-1)).isNull();
    }

    @ParameterizedTest(name = "PUBACK with property {0}")
    @CsvSource({
        "01 01",
        "02 00 00 00 01",
        "0b 01",
        "11 00 00 00 01",
        "21 00 01",
        "24 00",
        "00",
        "04",
        "2b",
        "7f",
        "15 00 00",
        "16 00 00"
    })
    @DisplayName("(section 2.2.2.2) a property that is not for the packet, or none at all, is malformed")
    void foreign_property(String property) {
        int size = Wire.bytes(property).length;
        String packet = "40 %02x 00 01 00 %02x".formatted(4 + size, size) + property;

        assertMalformed(V5, packet, ReasonCode.MALFORMED_PACKET, 6, "(section 2.2.2.2)");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "21 00 00,7",
        "27 00 00 00 00,7",
        "17 02,7",
        "19 ff,7",
        "21 00 01 21 00 02,9",
        "11 00 00 00 00 11 00 00 00 00,11"
    })
    @DisplayName("(section 3.1.2.11) a value out of range, and a property that stands twice, are protocol errors")
    void range_and_repetition(String properties, int offset) {
        int size = Wire.bytes(properties).length;
        String packet = "10 %02x 00 04 'MQTT' 05 02 00 00 %02x".formatted(13 + size, size) + properties + "00 00";
        // 12 bytes stand before the properties' length.
        assertMalformed(V5, packet, ReasonCode.PROTOCOL_ERROR, offset + 7, "(section 2.2.2.2)");
    }

    @Test
    @DisplayName("(section 3.8.2.1.2) a subscription identifier is not 0, and a SUBSCRIBE has one at most")
    void subscription_identifier() {
        assertMalformed(V5, "82 09 00 01 02 0b 00 00 01 't' 00", ReasonCode.PROTOCOL_ERROR, 6, "(section 2.2.2.2)");
        assertMalformed(
                V5, "82 0b 00 01 04 0b 01 0b 02 00 01 't' 00", ReasonCode.PROTOCOL_ERROR, 7, "(section 2.2.2.2)");
        MqttProperties zero = MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 0);
        MqttProperties two =
                MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 1).and(Property.SUBSCRIPTION_IDENTIFIER, 2);
        MqttProperties tooLarge = MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 268_435_456);
        assertRefused(V5, packet(Location.SUBSCRIBE, zero), "1 to 268435455");
        assertRefused(V5, packet(Location.SUBSCRIBE, two), "twice");
        assertRefused(V5, packet(Location.SUBSCRIBE, tooLarge), "1 to 268435455");
    }

    @Test
    void values_out_of_range_are_refused() {
        assertRefused(V5, packet(Location.CONNECT, MqttProperties.of(Property.RECEIVE_MAXIMUM, 0)), "1 to 65535");
        assertRefused(V5, packet(Location.CONNECT, MqttProperties.of(Property.RECEIVE_MAXIMUM, 65_536)), "1 to 65535");
        assertRefused(
                V5, packet(Location.CONNECT, MqttProperties.of(Property.MAXIMUM_PACKET_SIZE, 0L)), "1 to 4294967295");
        assertRefused(
                V5,
                packet(Location.CONNECT, MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, -1L)),
                "0 to 4294967295");
        assertRefused(
                V5,
                packet(Location.CONNECT, MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 0x1_0000_0000L)),
                "0 to 4294967295");
        assertRefused(V5, packet(Location.CONNACK, MqttProperties.of(Property.MAXIMUM_QOS, 2)), "0 to 1");
        assertRefused(
                V5, packet(Location.AUTH, MqttProperties.of(Property.AUTHENTICATION_DATA, new byte[65_536])), "65,535");
        assertRefused(
                V5, packet(Location.AUTH, MqttProperties.of(Property.REASON_STRING, "x".repeat(65_536))), "65,535");
        UserProperty broken = new UserProperty("k", "\0");
        assertRefused(V5, packet(Location.AUTH, MqttProperties.of(Property.USER_PROPERTY, broken)), "[MQTT-1.5.4-2]");
    }

    @Test
    @DisplayName("[MQTT-1.5.5-1] variable byte integers take the fewest bytes, and four at most")
    void variable_byte_integers() {
        ReasonCode malformed = ReasonCode.MALFORMED_PACKET;
        assertMalformed(V5, "e0 03 00 80 00", malformed, 4, "[MQTT-1.5.5-1]");
        assertMalformed(V5, "e0 06 00 80 80 80 80 01", malformed, 6, "(section 1.5.5)");
        assertMalformed(V5, "e0 02 00 80", malformed, 4, "(section 1.5)");
        assertMalformed(V5, "82 0b 00 01 04 0b 81 80 00 00 01 't' 00", malformed, 8, "[MQTT-1.5.5-1]");
    }

    @Test
    void properties_do_not_run_over_their_length() {
        ReasonCode malformed = ReasonCode.MALFORMED_PACKET;
        assertMalformed(V5, "e0 03 00 05 11", malformed, 3, "(section 2.2.2.1)");
        assertMalformed(V5, "e0 07 00 03 11 00 00 00 00", malformed, 5, "(section 1.5)");
        assertMalformed(V5, "e0 06 00 04 1c 00 05 'a'", malformed, 7, "(section 1.5)");
    }

    @Test
    void many_user_properties_are_read_in_time_that_grows_with_their_number_only() {
        MqttProperties.Builder many = MqttProperties.builder();
        for (int i = 0; i < 200_000; i++) {
            many.add(Property.USER_PROPERTY, new UserProperty("", ""));
        }
        Packet packet = packet(Location.DISCONNECT, many.build());
        ByteBuf out = Unpooled.buffer();
        PacketCodec.write(packet, V5, out);

        assertThat(Wire.read(V5, ByteBufUtil.getBytes(out))).isEqualTo(packet);
    }

    private static Object sample(Property<?> property) {
        return switch (property.type()) {
            case BYTE, TWO_BYTES, VARIABLE -> 1;
            case FOUR_BYTES -> 1L;
            case STRING -> "s";
            case STRING_PAIR -> new UserProperty("k", "v");
            case BINARY -> new byte[] {1};
        };
    }

    private static Packet packet(Location location, MqttProperties properties) {
        Message message = Message.of("t", "x").withQos(Qos.AT_MOST_ONCE).withProperties(properties);
        ReasonCode success = ReasonCode.SUCCESS;
        return switch (location) {
            case CONNECT -> new Connect(V5, "c", true, 0, null, null, null, properties);
            case WILL -> new Connect(V5, "c", true, 0, message, null, null, MqttProperties.NONE);
            case CONNACK -> new Connack(false, 0, properties);
            case PUBLISH -> new Publish(message, false, 0, 0);
            case PUBACK -> new Puback(1, success, properties);
            case PUBREC -> new Pubrec(1, success, properties);
            case PUBREL -> new Pubrel(1, success, properties);
            case PUBCOMP -> new Pubcomp(1, success, properties);
            case SUBSCRIBE -> new Subscribe(1, List.of(TopicSubscription.of("t", Qos.AT_MOST_ONCE)), properties);
            case SUBACK -> new Suback(1, List.of(success), properties);
            case UNSUBSCRIBE -> new Unsubscribe(1, List.of(TopicFilter.of("t")), properties);
            case UNSUBACK -> new Unsuback(1, List.of(success), properties);
            case DISCONNECT -> new Disconnect(success, properties);
            case AUTH -> new Auth(success, properties);
        };
    }
}
