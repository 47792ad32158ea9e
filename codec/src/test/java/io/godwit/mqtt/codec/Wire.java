package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Packets as a person writes them down: hexadecimal bytes and quoted text, such as {@code 30 06 00 01 'a' 'hey'}. And
 * what is asserted of them.
 */
final class Wire {
    static final ProtocolVersion V3_1 = ProtocolVersion.V3_1;
    static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;
    static final ProtocolVersion V5 = ProtocolVersion.V5;

    private static final Pattern TOKEN = Pattern.compile("([0-9a-fA-F]{2})|'([^']*)'|(\\s+)");

    private Wire() {}

    static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.find()) {
            assertThat(matcher.start()).as("bad token in: %s", text).isEqualTo(end);
            end = matcher.end();
            if (matcher.group(1) != null) {
                bytes.write(Integer.parseInt(matcher.group(1), 16));
            } else if (matcher.group(2) != null) {
                bytes.writeBytes(matcher.group(2).getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(end).as("bad token in: %s", text).isEqualTo(text.length());
        return bytes.toByteArray();
    }

    /** The packet is written as these bytes, and these bytes are read as the packet. */
    static void assertBothWays(ProtocolVersion version, String bytes, Packet packet) {
        assertWritten(version, packet, bytes);
        assertRead(version, bytes, packet);
    }

    static void assertWritten(ProtocolVersion version, Packet packet, String bytes) {
        ByteBuf out = Unpooled.buffer();
        PacketCodec.write(packet, version, out);
        assertThat(ByteBufUtil.hexDump(out))
                .as("%s on MQTT %s", packet, version)
                .isEqualTo(ByteBufUtil.hexDump(bytes(bytes)));
        assertThat(PacketCodec.size(packet, version)).as("size").isEqualTo(out.readableBytes());
    }

    static void assertRead(ProtocolVersion version, String bytes, Packet packet) {
        assertThat(read(version, bytes(bytes)))
                .as("%s on MQTT %s", bytes, version)
                .isEqualTo(packet);
    }

    /** One packet from heap memory and from direct memory, which must be the same. */
    static Packet read(ProtocolVersion version, byte[] bytes) {
        Packet packet = read(version, Unpooled.wrappedBuffer(bytes));
        ByteBuf direct = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        assertThat(read(version, direct)).isEqualTo(packet);
        direct.release();
        return packet;
    }

    private static Packet read(ProtocolVersion version, ByteBuf in) {
        List<Packet> packets = new ArrayList<>();
        try (PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET)) {
            reader.version(version);
            reader.feed(
                    in,
                    (firstByte, body, index, length) ->
                            packets.add(PacketCodec.read(firstByte, body, index, length, version)));
            assertThat(reader.waiting()).as("bytes after the packet").isZero();
        }
        assertThat(packets).hasSize(1);
        return packets.get(0);
    }

    /** Reading these bytes is refused: with this reason, at this byte of the packet, for this statement. */
    static void assertMalformed(
            ProtocolVersion version, String bytes, ReasonCode reason, int offset, String statement) {
        ProtocolViolationException e =
                catchThrowableOfType(ProtocolViolationException.class, () -> read(version, bytes(bytes)));
        assertThat(e).as("%s on MQTT %s", bytes, version).isNotNull();
        assertThat(e.getMessage()).contains(statement).contains("byte " + offset);
        assertThat(e.statement()).as(e.getMessage()).isEqualTo(statement);
        assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
        assertThat(e.offset()).as(e.getMessage()).isEqualTo(offset);
    }

    /** Writing this packet is refused with a message that has these words, before a byte is written. */
    static void assertRefused(ProtocolVersion version, Packet packet, String words) {
        ByteBuf out = Unpooled.buffer();
        assertThatThrownBy(() -> PacketCodec.write(packet, version, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
        assertThat(out.readableBytes()).as("bytes written").isZero();
        assertThatThrownBy(() -> PacketCodec.size(packet, version)).isInstanceOf(IllegalArgumentException.class);
    }
}
