package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written is read back equal, whatever the packet and however its bytes are cut. */
class RoundTripTest {
    /** 200,000 packets in all. */
    private static final int RUNS = 2_000;

    private static final int PACKETS_A_RUN = 100;

    @Test
    void random_packets_survive_writing_and_reading_at_any_fragmentation() {
        for (long seed = 0; seed < RUNS; seed++) {
            roundTrip(seed);
        }
    }

    @Test
    void packets_fit_into_buffers_of_exactly_their_size() {
        RandomPackets packets = new RandomPackets(RUNS);
        for (int i = 0; i < 20_000; i++) {
            ProtocolVersion version = ProtocolVersion.values()[i % 3];
            Packet packet = packets.next(version);
            int size = PacketCodec.size(packet, version);
            ByteBuf exact = Unpooled.buffer(size, size);
            PacketCodec.write(packet, version, exact);
            assertThat(exact.isWritable()).isFalse();
        }
    }

    private static void roundTrip(long seed) {
        RandomPackets packets = new RandomPackets(seed);
        ProtocolVersion version = packets.version();
        List<Packet> written = new ArrayList<>();
        ByteBuf stream = Unpooled.buffer();
        for (int i = 0; i < PACKETS_A_RUN; i++) {
            Packet packet = packets.next(version);
            int before = stream.writerIndex();
            PacketCodec.write(packet, version, stream);
            assertThat(stream.writerIndex() - before)
                    .as("seed %d: size of %s", seed, packet)
                    .isEqualTo(PacketCodec.size(packet, version));
            written.add(packet);
        }

        List<Packet> read = readInPieces(stream, version, new Random(seed));

        assertThat(read).as("seed %d, MQTT %s", seed, version).isEqualTo(written);
    }

    private static List<Packet> readInPieces(ByteBuf stream, ProtocolVersion version, Random random) {
        List<Packet> read = new ArrayList<>();
        int most = 1 << random.nextInt(14);
        boolean direct = random.nextBoolean();
        FrameSink sink = (firstByte, in, index, length) -> {
            read.add(PacketCodec.read(firstByte, in, index, length, version));
            return random.nextInt(10) > 0;
        };
        try (PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET)) {
            reader.version(version);
            while (stream.isReadable()) {
                int bytes = Math.min(stream.readableBytes(), 1 + random.nextInt(most));
                ByteBuf chunk = direct ? Unpooled.directBuffer(bytes) : Unpooled.buffer(bytes);
                chunk.writeBytes(stream, bytes);
                reader.feed(chunk, sink);
                assertThat(chunk.isReadable()).isFalse();
                chunk.release();
            }
            for (int waiting = -1; waiting != reader.waiting(); ) {
                waiting = reader.waiting();
                reader.feed(Unpooled.EMPTY_BUFFER, sink);
            }
            assertThat(reader.waiting()).isZero();
        }
        return read;
    }
}
