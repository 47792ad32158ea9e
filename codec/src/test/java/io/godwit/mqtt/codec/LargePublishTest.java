package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads of large PUBLISH packets that are read straight into their arrays. */
class LargePublishTest {
    private static final int MIB = 1024 * 1024;

    private final ByteBuf stream = Unpooled.directBuffer();
    private final PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);

    @AfterEach
    void release() {
        stream.release();
    }

    /** Takes payloads as they come, and whole packets when it must. */
    private static class Sink implements FrameSink {
        final List<Message> messages = new ArrayList<>();
        int straight;
        private final ProtocolVersion version;
        private final PublishFields fields = new PublishFields();
        private @Nullable Message begun;

        Sink(ProtocolVersion version) {
            this.version = version;
        }

        @Override
        public boolean frame(int firstByte, byte[] in, int index, int length) {
            return messages.add(
                    PublishCodec.read(firstByte, in, index, length, version, TopicSource.VALIDATING, fields));
        }

        @Override
        public byte @Nullable [] largePublish(int firstByte, byte[] in, int index, int available, int length) {
            assertThat(begun).as("the packet before").isNull();
            begun = PublishCodec.readBegun(
                    firstByte, in, index, available, length, version, TopicSource.VALIDATING, fields);
            return begun == null ? null : begun.payload();
        }

        @Override
        public boolean filled() {
            straight++;
            messages.add(begun);
            begun = null;
            return true;
        }
    }

    private static Message message(int size) {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        return Message.of("a/topic", payload);
    }

    private void write(ProtocolVersion version, Message message) {
        PacketCodec.write(new Publish(message, false, 7, 0), version, stream);
    }

    private void feed(int chunkSize, FrameSink sink) {
        while (stream.isReadable()) {
            ByteBuf chunk = stream.readSlice(Math.min(chunkSize, stream.readableBytes()));
            while (chunk.isReadable()) {
                reader.feedPiece(chunk, sink);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "V3_1_1, 1000", "V3_1_1, 8200", "V3_1_1, 16384", "V3_1_1, 70001", "V3_1_1, 10000000",
        "V5, 1000", "V5, 8200", "V5, 16384", "V5, 70001", "V5, 10000000"
    })
    void messages_of_all_sizes_come_whole_and_in_order(ProtocolVersion version, int chunkSize) {
        List<Message> sent = new ArrayList<>();
        for (int size : new int[] {1, 16_000, 16_384, 17_000, 0, 65_536, 300_000, 5, MIB - 20, 2 * MIB, 100, 20_000}) {
            sent.add(message(size).withQos(size % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE));
        }
        sent.forEach(message -> write(version, message));
        Sink sink = new Sink(version);

        feed(chunkSize, sink);

        assertThat(sink.messages).isEqualTo(sent);
        assertThat(reader.waiting()).isZero();
        assertThat(reader.reserved()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_payload_is_read_straight_when_its_beginning_comes_in_one_chunk(ProtocolVersion version) {
        Message large = message(65_536);
        write(version, large);
        Sink sink = new Sink(version);

        feed(40_000, sink);

        assertThat(sink.messages).containsExactly(large);
        assertThat(sink.straight).isEqualTo(1);
    }

    @Test
    void a_payload_behind_properties_that_have_not_all_come_is_read_whole() {
        Message large = message(30_000).withUserProperty("long", "x".repeat(40_000));
        write(ProtocolVersion.V5, large);
        Sink sink = new Sink(ProtocolVersion.V5);

        feed(60_000, sink);

        assertThat(sink.messages).containsExactly(large);
        assertThat(sink.straight).isZero();
    }

    @Test
    void more_than_a_mebibyte_is_not_made_room_for_because_a_header_claims_it() {
        write(ProtocolVersion.V3_1_1, message(2 * MIB));
        Sink sink = new Sink(ProtocolVersion.V3_1_1);

        reader.feed(stream.readSlice(20_000), sink);

        assertThat(reader.reserved()).isLessThan(100_000);
        assertThat(reader.waiting()).isEqualTo(20_000);
    }

    @Test
    void a_sink_may_stop_behind_a_payload_and_the_rest_waits() {
        write(ProtocolVersion.V3_1_1, message(50_000));
        write(ProtocolVersion.V3_1_1, message(3));
        Sink sink = new Sink(ProtocolVersion.V3_1_1) {
            @Override
            public boolean filled() {
                super.filled();
                return false;
            }
        };

        reader.feed(stream, sink);
        assertThat(sink.messages).containsExactly(message(50_000));
        reader.feed(Unpooled.EMPTY_BUFFER, sink);

        assertThat(sink.messages).containsExactly(message(50_000), message(3));
    }

    @Test
    void a_closed_reader_releases_a_payload_that_has_begun() {
        write(ProtocolVersion.V3_1_1, message(50_000));
        Sink sink = new Sink(ProtocolVersion.V3_1_1);
        reader.feed(stream.readSlice(20_000), sink);
        assertThat(reader.waiting()).isPositive();

        reader.close();
        reader.feed(stream, sink);

        assertThat(sink.messages).isEmpty();
        assertThat(reader.reserved()).isZero();
        assertThat(stream.isReadable()).isFalse();
    }
}
