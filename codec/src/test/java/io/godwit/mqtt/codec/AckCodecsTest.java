package io.godwit.mqtt.codec;

import static io.godwit.mqtt.codec.Wire.V3_1;
import static io.godwit.mqtt.codec.Wire.V3_1_1;
import static io.godwit.mqtt.codec.Wire.V5;
import static io.godwit.mqtt.codec.Wire.assertBothWays;
import static io.godwit.mqtt.codec.Wire.assertMalformed;
import static io.godwit.mqtt.codec.Wire.assertRead;
import static io.godwit.mqtt.codec.Wire.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.UserProperty;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PUBACK, PUBREC, PUBREL and PUBCOMP, which are written alike. */
class AckCodecsTest {
    /** Each of the four, with its first byte, an error that it may say, and its functions for the hot path. */
    enum Ack {
        PUBACK("40", ReasonCode.QUOTA_EXCEEDED, "[MQTT-3.4.2-1]", AckCodec.PUBACK::write, AckCodec.PUBACK::read) {
            @Override
            Packet packet(int packetId, ReasonCode reason, MqttProperties properties) {
                return new Puback(packetId, reason, properties);
            }
        },
        PUBREC("50", ReasonCode.QUOTA_EXCEEDED, "[MQTT-3.5.2-1]", AckCodec.PUBREC::write, AckCodec.PUBREC::read) {
            @Override
            Packet packet(int packetId, ReasonCode reason, MqttProperties properties) {
                return new Pubrec(packetId, reason, properties);
            }
        },
        PUBREL(
                "62",
                ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                "[MQTT-3.6.2-1]",
                AckCodec.PUBREL::write,
                AckCodec.PUBREL::read) {
            @Override
            Packet packet(int packetId, ReasonCode reason, MqttProperties properties) {
                return new Pubrel(packetId, reason, properties);
            }
        },
        PUBCOMP(
                "70",
                ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                "[MQTT-3.7.2-1]",
                AckCodec.PUBCOMP::write,
                AckCodec.PUBCOMP::read) {
            @Override
            Packet packet(int packetId, ReasonCode reason, MqttProperties properties) {
                return new Pubcomp(packetId, reason, properties);
            }
        };

        final String first;
        final ReasonCode error;
        final String statement;
        final BiConsumer<ByteBuf, Integer> shortWrite;
        final Read shortRead;

        Ack(String first, ReasonCode error, String statement, BiConsumer<ByteBuf, Integer> shortWrite, Read shortRead) {
            this.first = first;
            this.error = error;
            this.statement = statement;
            this.shortWrite = shortWrite;
            this.shortRead = shortRead;
        }

        abstract Packet packet(int packetId, ReasonCode reason, MqttProperties properties);

        Packet success(int packetId) {
            return packet(packetId, ReasonCode.SUCCESS, MqttProperties.NONE);
        }
    }

    interface Read {
        void read(int firstByte, byte[] in, int index, int length, ProtocolVersion version, AckFields into);
    }

    @ParameterizedTest
    @EnumSource
    void success_takes_four_bytes_on_every_version(Ack ack) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            assertBothWays(version, ack.first + "02 00 01", ack.success(1));
            assertBothWays(version, ack.first + "02 ff ff", ack.success(65_535));
        }
        assertRead(V5, ack.first + "03 00 01 00", ack.success(1));
        assertRead(V5, ack.first + "04 00 01 00 00", ack.success(1));
    }

    @ParameterizedTest
    @EnumSource
    void reason_and_properties_on_5(Ack ack) {
        String code = Integer.toHexString(ack.error.code());
        MqttProperties properties =
                MqttProperties.of(Property.REASON_STRING, "no").and(Property.USER_PROPERTY, new UserProperty("k", "v"));

        assertBothWays(V5, ack.first + "03 00 01" + code, ack.packet(1, ack.error, MqttProperties.NONE));
        assertBothWays(
                V5,
                ack.first + "10 00 01" + code + "0c 1f 00 02 'no' 26 00 01 'k' 00 01 'v'",
                ack.packet(1, ack.error, properties));
        assertBothWays(
                V5,
                ack.first + "09 00 01 00 05 1f 00 02 'no'",
                ack.packet(1, ReasonCode.SUCCESS, MqttProperties.of(Property.REASON_STRING, "no")));
    }

    @ParameterizedTest
    @EnumSource
    void the_short_ways_read_and_write_the_same(Ack ack) {
        ByteBuf out = Unpooled.buffer();
        ack.shortWrite.accept(out, 513);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(ack.first + "020201");

        AckFields fields = new AckFields();
        int firstByte = out.readUnsignedByte();
        ack.shortRead.read(firstByte, ByteBufUtil.getBytes(out.skipBytes(1)), 0, 2, V5, fields);
        assertThat(fields.packetId()).isEqualTo(513);
        assertThat(fields.reason()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(fields.properties().isEmpty()).isTrue();

        byte[] error = Wire.bytes("02 02" + Integer.toHexString(ack.error.code()) + "05 1f 00 02 'no'");
        ack.shortRead.read(firstByte, error, 0, error.length, V5, fields);
        assertThat(fields.packetId()).isEqualTo(514);
        assertThat(fields.reason()).isEqualTo(ack.error);
        assertThat(fields.properties().get(Property.REASON_STRING)).isEqualTo("no");

        assertThatThrownBy(() -> ack.shortWrite.accept(out, 0)).hasMessageContaining("[MQTT-2.2.1-3]");
        assertThatThrownBy(() -> ack.shortWrite.accept(out, 65_536)).hasMessageContaining("[MQTT-2.2.1-3]");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("[MQTT-2.2.1-3] the packet identifier is not 0")
    void packet_identifier(Ack ack) {
        assertMalformed(V3_1_1, ack.first + "02 00 00", ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-2.2.1-3]");
        assertRefused(V3_1_1, ack.success(0), "[MQTT-2.2.1-3]");
        assertRefused(V5, ack.success(65_536), "[MQTT-2.2.1-3]");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("[MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] only the reason codes of the packet")
    void reason_codes(Ack ack) {
        assertMalformed(V5, ack.first + "03 00 01 8d", ReasonCode.PROTOCOL_ERROR, 4, ack.statement);
        assertMalformed(V5, ack.first + "03 00 01 03", ReasonCode.PROTOCOL_ERROR, 4, ack.statement);
        assertRefused(V5, ack.packet(1, ReasonCode.KEEP_ALIVE_TIMEOUT, MqttProperties.NONE), ack.statement);
        assertRefused(V3_1_1, ack.packet(1, ack.error, MqttProperties.NONE), "MQTT 3.1.1");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("[MQTT-2.1.3-1] [MQTT-3.6.1-1] the flags of the first byte are as prescribed")
    void first_byte(Ack ack) {
        String wrong = ack == Ack.PUBREL ? "60" : ack.first.charAt(0) + "2";
        assertMalformed(V3_1_1, wrong + "02 00 01", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertMalformed(V5, ack.first.charAt(0) + "f 02 00 01", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
    }

    @Test
    void on_3_1_a_PUBREL_may_be_marked_as_a_repetition() {
        assertRead(V3_1, "6a 02 00 01", Ack.PUBREL.success(1));
        assertMalformed(V3_1, "60 02 00 01", ReasonCode.MALFORMED_PACKET, 0, "[MQTT-2.1.3-1]");
        assertRead(V3_1, "4a 02 00 01", Ack.PUBACK.success(1));
    }

    @ParameterizedTest
    @EnumSource
    void a_packet_that_ends_early_or_late_is_malformed(Ack ack) {
        assertMalformed(V3_1_1, ack.first + "00", ReasonCode.MALFORMED_PACKET, 2, "(section 1.5)");
        assertMalformed(V3_1_1, ack.first + "01 00", ReasonCode.MALFORMED_PACKET, 2, "(section 1.5)");
        assertMalformed(V3_1_1, ack.first + "03 00 01 00", ReasonCode.MALFORMED_PACKET, 4, "(section 2.1.4)");
        assertMalformed(V5, ack.first + "05 00 01 00 00 00", ReasonCode.MALFORMED_PACKET, 6, "(section 2.1.4)");
        assertMalformed(V5, ack.first + "05 00 01 00 02 1f", ReasonCode.MALFORMED_PACKET, 5, "(section 2.2.2.1)");
    }
}
