package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever bytes come: decoding ends in packets or in a {@link ProtocolViolationException}, allocates no more than a
 * multiple of what has arrived, and what it reads is written and read again as the same.
 *
 * <p>{@code ./mvnw verify} replays the inputs that are kept in {@code src/test/resources}; with {@code -Pfuzz} Jazzer
 * looks for new ones (see the profile in {@code pom.xml}).
 */
class DecoderFuzzTest {
    /** Allocated bytes for each byte that has arrived; a user property of five bytes needs some 130. */
    private static final int FACTOR = 64;

    /** Reader, lists, an exception with its message. A run that loads classes takes more, so there is a second one. */
    private static final int CONSTANT = 16 * 1024;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * @param data the version, how the rest is cut into chunks, and the rest: bytes as a peer might send them
     */
    @FuzzTest(maxDuration = "60s")
    void decode(byte[] data) {
        if (data.length < 2) {
            return;
        }
        ProtocolVersion version = ProtocolVersion.values()[(data[0] & 0xFF) % 3];
        int step = data[1] & 0xFF;
        ByteBuf stream = Unpooled.wrappedBuffer(data, 2, data.length - 2);
        // Each chunk costs a buffer object of its own here, which is not the decoder's doing.
        int chunks = step == 0 ? 1 : data.length / step + 1;
        long bound = CONSTANT + (long) FACTOR * data.length + 512L * chunks;

        List<Packet> packets = List.of();
        long allocated = Long.MAX_VALUE;
        for (int run = 0; run < 5 && allocated > bound; run++) {
            packets = new ArrayList<>();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            decode(version, stream.duplicate(), step == 0 ? data.length : step, packets);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated)
                .as("bytes allocated for %d bytes of MQTT %s: %s", data.length, version, packets)
                .isLessThanOrEqualTo(bound);
        for (Packet packet : packets) {
            assertThat(rewritten(packet, version)).isEqualTo(packet);
        }
    }

    private static void decode(ProtocolVersion version, ByteBuf stream, int step, List<Packet> into) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        try (PacketReader reader = new PacketReader(1 << 20)) {
            reader.version(version);
            while (stream.isReadable()) {
                int bytes = Math.min(step, stream.readableBytes());
                ByteBuf chunk = allocator.heapBuffer(bytes).writeBytes(stream, bytes);
                try {
                    reader.feed(
                            chunk,
                            (firstByte, in, index, length) ->
                                    into.add(PacketCodec.read(firstByte, in, index, length, version)));
                } finally {
                    chunk.release();
                }
            }
        } catch (ProtocolViolationException e) {
            assertThat(e.reason().isError()).isTrue();
            assertThat(e.offset()).isNotNegative();
            assertThat(e.statement()).isNotEmpty();
        }
        assertThat(allocator.metric().usedHeapMemory()).as("bytes still kept").isZero();
    }

    private static Packet rewritten(Packet packet, ProtocolVersion version) {
        ByteBuf out = Unpooled.buffer();
        PacketCodec.write(packet, version, out);
        List<Packet> read = new ArrayList<>();
        try (PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET)) {
            reader.version(version);
            reader.feed(
                    out,
                    (firstByte, in, index, length) ->
                            read.add(PacketCodec.read(firstByte, in, index, length, version)));
        }
        assertThat(read).hasSize(1);
        return read.get(0);
    }
}
