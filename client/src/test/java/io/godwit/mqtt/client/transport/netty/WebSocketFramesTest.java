package io.godwit.mqtt.client.transport.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("WebSocket frames, cut anywhere")
class WebSocketFramesTest {

    @Test
    @DisplayName("whatever the frames and wherever the network cuts them: the same bytes come out, and no buffer leaks")
    void any_frames_any_cuts() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            int pings = 0;
            int widest = random.nextBoolean() ? 7 : 5000;
            boolean inside = false;
            for (int i = 0; i < 20; i++) {
                if (random.nextInt(4) == 0) {
                    byte[] ping = new byte[random.nextInt(126)];
                    wire.writeBytes(WebSocketServer.frame(0x89, ping));
                    pings++;
                }
                int size = switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> random.nextInt(126);
                    case 2 -> 126 + random.nextInt(1000);
                    default -> random.nextInt(widest * 14);
                };
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                boolean last = random.nextBoolean();
                wire.writeBytes(WebSocketServer.frame((last ? 0x80 : 0) | (inside ? 0 : 2), payload));
                inside = !last;
                expected.writeBytes(payload);
            }
            EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
            byte[] bytes = wire.toByteArray();
            for (int at = 0; at < bytes.length; ) {
                int next = Math.min(bytes.length, at + 1 + random.nextInt(widest));
                ByteBuf piece = random.nextBoolean() ? Unpooled.directBuffer() : Unpooled.buffer();
                channel.writeInbound(piece.writeBytes(bytes, at, next - at));
                at = next;
            }

            ByteArrayOutputStream got = new ByteArrayOutputStream();
            for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
                byte[] copy = new byte[each.readableBytes()];
                each.readBytes(copy);
                got.writeBytes(copy);
                assertThat(each.release()).isTrue();
            }
            assertThat(got.toByteArray()).as("seed " + seed).isEqualTo(expected.toByteArray());
            int pongs = 0;
            for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
                pongs++;
                each.release();
            }
            // of several pings in one burst the last one is answered
            assertThat(pongs).isLessThanOrEqualTo(pings).isGreaterThanOrEqualTo(Math.min(1, pings));
            channel.finishAndReleaseAll();
        }
    }

    @Test
    @DisplayName("whatever a server sends: no crash, no hang, no leak")
    void any_bytes() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 1 && random.nextBoolean()) {
                bytes[0] &= (byte) 0x8f;
                bytes[1] &= 0x7f;
            }
            EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
            ByteBuf buffer = Unpooled.directBuffer().writeBytes(bytes);
            try {
                channel.writeInbound(buffer);
                channel.checkException();
            } catch (Exception e) {
                assertThat(e).as("seed " + seed).hasMessageContaining("WebSocket");
            }
            channel.finishAndReleaseAll();
            assertThat(buffer.refCnt()).as("seed " + seed).isZero();
        }
    }

    @Test
    @DisplayName("RFC 6455, 5.5.3: a burst of pings gets one pong, with the payload of the last one")
    void a_flood_of_pings_gets_one_pong_per_burst() {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
        ByteBuf flood = Unpooled.buffer();
        for (int i = 0; i < 50_000; i++) {
            flood.writeBytes(WebSocketServer.frame(0x89, new byte[] {(byte) i}));
        }

        channel.writeInbound(flood);

        ByteBuf pong = channel.readOutbound();
        assertThat(pong.getUnsignedByte(0)).isEqualTo((short) 0x8a);
        assertThat((byte) (pong.getByte(6) ^ pong.getByte(2))).isEqualTo((byte) 49_999);
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        pong.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void while_the_socket_accepts_nothing_no_pong_waits_for_it() {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

        for (int i = 0; i < 1_000; i++) {
            channel.writeInbound(Unpooled.wrappedBuffer(WebSocketServer.frame(0x89, new byte[125])));
        }

        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        ByteBuf pong = channel.readOutbound();
        assertThat(pong.getUnsignedByte(0)).isEqualTo((short) 0x8a);
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        pong.release();
        channel.finishAndReleaseAll();
    }

    @Test
    @DisplayName("a large write becomes several frames; its memory is not altered and is released")
    void large_writes() {
        byte[] payload = new byte[700_001];
        new Random(3).nextBytes(payload);
        byte[] before = payload.clone();
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
        ByteBuf written = Unpooled.wrappedBuffer(payload);

        channel.writeOutbound(written);

        ByteArrayOutputStream unmasked = new ByteArrayOutputStream();
        int frames = 0;
        for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
            assertThat(each.readUnsignedByte()).isEqualTo((short) 0x82);
            int length = each.readUnsignedByte() & 0x7f;
            length = length == 126 ? each.readUnsignedShort() : length == 127 ? (int) each.readLong() : length;
            byte[] mask = new byte[4];
            each.readBytes(mask);
            for (int i = 0; i < length; i++) {
                unmasked.write(each.readByte() ^ mask[i & 3]);
            }
            assertThat(each.isReadable()).isFalse();
            each.release();
            frames++;
        }
        assertThat(frames).isEqualTo(11); // of 64 KiB, the most that Artemis takes by default
        assertThat(Arrays.equals(unmasked.toByteArray(), before)).isTrue();
        assertThat(payload).isEqualTo(before);
        assertThat(written.refCnt()).isZero();
        channel.finishAndReleaseAll();
    }

    @Test
    void nothing_is_sent_for_an_empty_write() {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
        channel.writeOutbound(Unpooled.wrappedBuffer("x".getBytes(UTF_8)), Unpooled.buffer());

        ByteBuf frame = channel.readOutbound();
        assertThat(frame.readableBytes()).isEqualTo(7);
        frame.release();
        channel.finishAndReleaseAll();
    }
}
