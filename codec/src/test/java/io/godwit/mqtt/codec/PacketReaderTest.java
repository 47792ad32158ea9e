package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketReaderTest {
    private static final String THREE = "30 04 00 01 't' '1' c0 00 30 05 00 01 't' '22'";

    private final List<ByteBuf> chunks = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private final FrameSink collect = (firstByte, in, index, length) ->
            frames.add("%02x:".formatted(firstByte) + ByteBufUtil.hexDump(in, index, length));

    private ByteBuf chunk(String bytes) {
        return chunk(Wire.bytes(bytes));
    }

    private ByteBuf chunk(byte... bytes) {
        ByteBuf chunk = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        chunks.add(chunk);
        return chunk;
    }

    @AfterEach
    void releaseChunks() {
        chunks.forEach(ByteBuf::release);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 15})
    void packets_come_out_whole_at_any_fragmentation(int size) {
        byte[] bytes = Wire.bytes(THREE);
        PacketReader reader = new PacketReader(100);

        for (int from = 0; from < bytes.length; from += size) {
            reader.feed(chunk(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size))), collect);
        }

        assertThat(frames).containsExactly("30:00017431", "c0:", "30:0001743232");
        assertThat(reader.waiting()).isZero();
        assertThat(reader.reserved()).as("bytes kept when idle").isZero();
    }

    @Test
    void whole_packets_in_an_array_are_handed_on_from_there() {
        byte[] bytes = Wire.bytes(THREE);
        ByteBuf chunk = Unpooled.wrappedBuffer(bytes);
        PacketReader reader = new PacketReader(100);

        reader.feed(chunk, (firstByte, in, index, length) -> {
            assertThat(in).isSameAs(bytes);
            return collect.frame(firstByte, in, index, length);
        });

        assertThat(frames).containsExactly("30:00017431", "c0:", "30:0001743232");
        assertThat(chunk.isReadable()).isFalse();
        assertThat(reader.reserved()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_529, 65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 65_536, 70_000, 200_000})
    void packets_of_any_size_come_out_of_a_large_chunk(int size) {
        Publish large = new Publish(Message.of("t", new byte[size]).withQos(Qos.AT_MOST_ONCE), false, 0, 0);
        ByteBuf chunk = Unpooled.directBuffer();
        chunks.add(chunk);
        for (int i = 0; i < 3; i++) {
            chunk.writeBytes(Wire.bytes("c0 00"));
            PacketCodec.write(large, ProtocolVersion.V3_1_1, chunk);
        }
        List<Packet> packets = new ArrayList<>();
        PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);

        reader.feed(
                chunk,
                (firstByte, in, index, length) ->
                        packets.add(PacketCodec.read(firstByte, in, index, length, ProtocolVersion.V3_1_1)));

        Pingreq small = new Pingreq();
        assertThat(packets).containsExactly(small, large, small, large, small, large);
        assertThat(reader.reserved()).isZero();
    }

    @Test
    void a_sink_may_feed_another_reader() {
        PacketReader outer = new PacketReader(100);
        PacketReader inner = new PacketReader(100);

        outer.feed(chunk(THREE), (firstByte, in, index, length) -> {
            inner.feed(chunk("c0 00 30 04 00 01 'x' '1'"), collect);
            return collect.frame(firstByte, in, index, length);
        });

        assertThat(frames)
                .containsExactly(
                        "c0:",
                        "30:00017831",
                        "30:00017431",
                        "c0:",
                        "30:00017831",
                        "c0:",
                        "c0:",
                        "30:00017831",
                        "30:0001743232");
    }

    @Test
    void false_stops_after_the_frame_and_the_rest_waits() {
        PacketReader reader = new PacketReader(100);
        FrameSink one = (firstByte, in, index, length) -> {
            collect.frame(firstByte, in, index, length);
            return false;
        };

        reader.feed(chunk(THREE + "30 04 00"), one);
        assertThat(frames).hasSize(1);
        assertThat(reader.waiting()).isEqualTo(12);

        reader.feed(chunk("01 't' '3'"), one);
        assertThat(frames).hasSize(2);
        assertThat(reader.waiting()).isEqualTo(13);

        reader.feed(Unpooled.EMPTY_BUFFER, collect);
        assertThat(frames).containsExactly("30:00017431", "c0:", "30:0001743232", "30:00017433");
        assertThat(reader.reserved()).isZero();
    }

    @Test
    void what_is_kept_grows_with_what_has_arrived_not_with_what_a_header_claims() {
        PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);
        reader.feed(chunk("30 ff ff ff 7f"), collect);
        assertThat(reader.reserved()).isEqualTo(5);

        int arrived = 5;
        for (int i = 0; i < 2000; i++) {
            reader.feed(chunk(new byte[37]), collect);
            arrived += 37;
            assertThat(reader.waiting()).isEqualTo(arrived);
            assertThat(reader.reserved()).isLessThanOrEqualTo(2 * arrived);
        }
        reader.close();
        assertThat(reader.reserved()).isZero();
    }

    @Test
    void a_packet_that_comes_in_many_pieces_never_needs_more_than_the_limit() {
        PacketReader reader = new PacketReader(1000);
        byte[] packet = new byte[1000];
        packet[0] = 0x30;
        packet[1] = (byte) 0xE5; // 997
        packet[2] = 0x07;
        for (byte b : packet) {
            reader.feed(chunk(b), collect);
            assertThat(reader.reserved()).isLessThanOrEqualTo(1000);
        }
        assertThat(frames).hasSize(1);
        assertThat(reader.reserved()).isZero();
    }

    @Test
    @DisplayName("[MQTT-3.1.2-24] a packet over the limit is refused from its header alone")
    void over_the_limit() {
        PacketReader reader = new PacketReader(128);
        reader.feed(chunk("30 7e" + "00".repeat(126)), collect);
        assertThat(frames).hasSize(1);

        ProtocolViolationException e =
                catchThrowableOfType(ProtocolViolationException.class, () -> reader.feed(chunk("30 7f"), collect));

        assertThat(e.reason()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(e.type()).isEqualTo(PacketType.PUBLISH);
        assertThat(e).hasMessageContaining("129").hasMessageContaining("128");
        assertThat(reader.reserved()).isZero();
        reader.feed(chunk(THREE), collect);
        assertThat(frames).as("after the refusal nothing is read").hasSize(1);
    }

    @Test
    void the_limit_may_change() {
        PacketReader reader = new PacketReader(5);
        reader.maximumPacketSize(6);
        reader.feed(chunk("30 04 00 01 't' '1'"), collect);
        assertThat(frames).hasSize(1);
        assertThatThrownBy(() -> reader.maximumPacketSize(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30 80 80 80 80", "30 ff ff ff ff 00", "c0 80 80 80 80 00"})
    @DisplayName("(section 2.1.4) a remaining length of more than four bytes is malformed")
    void too_long_remaining_length(String bytes) {
        for (int first = 1; first < 5; first++) {
            PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);
            byte[] all = Wire.bytes(bytes);
            int split = first;
            ProtocolViolationException e = catchThrowableOfType(ProtocolViolationException.class, () -> {
                reader.feed(chunk(Arrays.copyOf(all, split)), collect);
                reader.feed(chunk(Arrays.copyOfRange(all, split, all.length)), collect);
            });
            assertThat(e.reason()).isEqualTo(ReasonCode.MALFORMED_PACKET);
            assertThat(e.offset()).isEqualTo(4);
            assertThat(frames).isEmpty();
        }
    }

    @Test
    @DisplayName("[MQTT-1.5.5-1] on 5 the remaining length takes the fewest bytes; before it may take more")
    void longer_than_needed() {
        PacketReader older = new PacketReader(100);
        older.version(ProtocolVersion.V3_1_1);
        older.feed(chunk("30 84 80 00 00 01 't' '1' c0 00"), collect);
        assertThat(frames).containsExactly("30:00017431", "c0:");

        PacketReader newer = new PacketReader(100);
        newer.version(ProtocolVersion.V5);
        assertThatThrownBy(() -> newer.feed(chunk("c0 80 00"), collect))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("[MQTT-1.5.5-1]");
    }

    @Test
    void packet_type_0_is_refused_from_the_header() {
        PacketReader reader = new PacketReader(100);
        assertThatThrownBy(() -> reader.feed(chunk("0f 20"), collect))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("type 0");
    }

    @Test
    void a_sink_that_throws_closes_the_reader() {
        PacketReader reader = new PacketReader(100);
        ByteBuf chunk = chunk(THREE + "30 04");

        assertThatThrownBy(() -> reader.feed(chunk, (firstByte, in, index, length) -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");

        assertThat(chunk.isReadable()).isFalse();
        reader.feed(chunk(THREE), collect);
        assertThat(frames).isEmpty();
        assertThat(reader.reserved()).isZero();
    }

    @Test
    void a_sink_may_close_the_reader() {
        PacketReader reader = new PacketReader(100);
        reader.feed(chunk("30 04 00 01"), collect);

        reader.feed(chunk("'t' '1'" + THREE), (firstByte, in, index, length) -> {
            reader.close();
            return collect.frame(firstByte, in, index, length);
        });

        assertThat(frames).containsExactly("30:00017431");
        assertThat(reader.reserved()).isZero();
    }
}
