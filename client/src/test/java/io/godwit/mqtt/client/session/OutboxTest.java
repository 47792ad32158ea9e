package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest {
    private static final int KIB = 1024;

    private final Outbox outbox = new Outbox(UnpooledByteBufAllocator.DEFAULT);

    private void packet(int size) {
        outbox.room(size).writeZero(size);
    }

    private void lentPacket(int head, byte[] payload) {
        outbox.room(head).writeZero(head);
        outbox.lend(payload);
    }

    private List<ByteBuf> takeAll() {
        List<ByteBuf> parts = new ArrayList<>();
        for (ByteBuf part = outbox.take(); part != null; part = outbox.take()) {
            parts.add(part);
        }
        return parts;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bytes_come_out_in_the_order_in_which_they_went_in(long seed) {
        Random random = new Random(seed);
        for (int turn = 0; turn < 200; turn++) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = random.nextInt(40); i > 0; i--) {
                byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 200 : 40_000)];
                random.nextBytes(bytes);
                boolean answer = random.nextInt(8) == 0;
                boolean lent = !answer && random.nextInt(3) == 0;
                if (lent) {
                    byte[] head = new byte[1 + random.nextInt(100)];
                    random.nextBytes(head);
                    expected.writeBytes(head);
                    outbox.room(head.length).writeBytes(head);
                    outbox.lend(bytes);
                } else {
                    (answer ? outbox.roomForAnswer(bytes.length) : outbox.room(bytes.length)).writeBytes(bytes);
                }
                expected.writeBytes(bytes);
                assertThat(outbox.size()).isEqualTo(expected.size());
                assertThat(outbox.isEmpty()).isFalse();
            }
            ByteArrayOutputStream taken = new ByteArrayOutputStream();
            List<ByteBuf> parts = takeAll();
            for (ByteBuf part : parts) {
                assertThat(part.isReadable()).isTrue();
                byte[] bytes = new byte[part.readableBytes()];
                part.readBytes(bytes);
                taken.writeBytes(bytes);
                part.release();
            }
            assertThat(parts).allMatch(part -> part.refCnt() == 0);
            assertThat(taken.toByteArray()).isEqualTo(expected.toByteArray());
            assertThat(outbox.isEmpty()).isTrue();
            assertThat(outbox.size()).isZero();
        }
    }

    @Test
    void a_payload_that_is_lent_is_not_copied() {
        byte[] payload = new byte[20 * KIB];
        lentPacket(10, payload);
        payload[5] = 7;

        List<ByteBuf> parts = takeAll();
        assertThat(parts).hasSize(2);
        assertThat(parts.get(1).getByte(5)).isEqualTo((byte) 7);
        parts.forEach(ByteBuf::release);
    }

    @Test
    void packets_around_lent_payloads_share_an_array() {
        packet(100);
        for (int i = 0; i < 20; i++) {
            lentPacket(20, new byte[10 * KIB]);
        }
        packet(5);

        List<ByteBuf> parts = takeAll();
        assertThat(parts).hasSize(2 * 20 + 1);
        assertThat(parts.stream()
                        .filter(ByteBuf::hasArray)
                        .map(ByteBuf::array)
                        .filter(array -> array.length != 10 * KIB)
                        .map(System::identityHashCode)
                        .distinct()
                        .count())
                .isLessThanOrEqualTo(2);
        parts.forEach(ByteBuf::release);
    }

    @Test
    void it_is_full_above_256_kibibytes_and_on_a_fast_link_above_a_mebibyte() {
        assertThat(packetsUntilFull(false, false)).isEqualTo(256);
        assertThat(packetsUntilFull(true, false)).isEqualTo(1024);
        assertThat(packetsUntilFull(false, true)).isEqualTo(256 / 16);
        assertThat(packetsUntilFull(true, true)).isEqualTo(1024 / 16);
    }

    private int packetsUntilFull(boolean fast, boolean lent) {
        outbox.setFast(fast);
        byte[] payload = new byte[16 * KIB - 10];
        int packets = 0;
        while (!outbox.isFull()) {
            if (lent) {
                lentPacket(10, payload);
            } else {
                packet(KIB);
            }
            packets++;
        }
        outbox.clear();
        assertThat(outbox.isFull()).isFalse();
        return packets;
    }
}
