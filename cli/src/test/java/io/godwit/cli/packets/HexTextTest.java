package io.godwit.cli.packets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "300500016162ff",
                "30 05 00 01 61 62 FF",
                "30:05:00:01:61:62:ff",
                "0x30, 0x05, 0x00, 0x01, 0x61, 0x62, 0xff",
                "3005 0001 6162 ff",
                "00000000: 3005 0001 6162 ff                        0...ab.",
                "00000000  30 05 00 01 61 62 ff                              |0...ab.|",
                "        0000  30 05 00 01 61 62 ff                              0...ab."
            })
    void hex_is_read_in_the_forms_that_people_have(String line) {
        assertThat(hex(line)).isEqualTo("300500016162ff");
    }

    @Test
    void a_dump_of_ours_reads_back_though_its_characters_look_like_hex() {
        byte[] bytes = "abcdefabcdefabcdefabcdefabcdefab".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (int length = 1; length <= bytes.length; length++) {
            byte[] some = java.util.Arrays.copyOf(bytes, length);
            String[] dump = new HexDump(some, new BitSet()).lines(9).toArray(String[]::new);

            assertThat(hex(dump)).isEqualTo(HexFormat.of().formatHex(some));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "30 5", "30 0x", "hello"})
    void what_is_no_hex_is_refused(String line) {
        assertThatThrownBy(() -> hex(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void packets_in_a_row_are_decoded_and_the_sender_is_told_by_the_type() {
        List<String> seen = new ArrayList<>();

        String fault = PacketDecoder.decode(
                HexFormat.of().parseHex("c000" + "d000" + "300500016162ff"),
                ProtocolVersion.V3_1_1,
                packet -> seen.add(packet.direction() + " " + packet.text().strip()));

        assertThat(fault).isNull();
        assertThat(seen).containsExactly("TO_BROKER PINGREQ", "TO_CLIENT PINGRESP", "TO_BROKER PUBLISH q0 'a' 2 bytes");
    }

    @Test
    void what_cannot_be_decoded_is_said() {
        byte[] half = {0x30, 0x05, 0x00};
        byte[] wrong = {(byte) 0xC1, 0x00};

        assertThat(PacketDecoder.decode(half, ProtocolVersion.V3_1_1, packet -> {}))
                .contains("incomplete", "last 3 bytes");
        assertThat(PacketDecoder.decode(wrong, ProtocolVersion.V3_1_1, packet -> {}))
                .contains("not valid MQTT 3.1.1");
    }

    private static String hex(String... lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String line : lines) {
            HexText.append(bytes, line);
        }
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
