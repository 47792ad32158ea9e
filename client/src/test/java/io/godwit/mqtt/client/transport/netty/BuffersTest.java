package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class BuffersTest {

    private final Buffers buffers = new Buffers();

    /** Who made the buffer that is handed out next. */
    private ByteBufAllocator source() {
        ByteBuf buffer = buffers.directBuffer(100);
        try {
            return buffer.alloc();
        } finally {
            buffer.release();
        }
    }

    @Test
    void the_first_buffers_are_the_systems_memory() {
        for (int i = 0; i < Buffers.FIRST; i++) {
            assertThat(source()).isSameAs(UnpooledByteBufAllocator.DEFAULT);
        }
    }

    @Test
    void then_the_pool_is_made_ready_and_all_others_come_from_it() {
        for (int i = 0; i < Buffers.FIRST; i++) {
            source();
        }

        await().until(() -> source() != UnpooledByteBufAllocator.DEFAULT);
        for (int i = 0; i < Buffers.FIRST; i++) {
            assertThat(source()).isNotSameAs(UnpooledByteBufAllocator.DEFAULT);
        }
    }

    @Test
    void a_buffer_is_of_the_kind_that_is_asked_for_and_grows() {
        ByteBuf direct = buffers.directBuffer(100).writeZero(100_000);
        ByteBuf heap = buffers.heapBuffer(100).writeZero(100_000);

        assertThat(direct.isDirect()).isTrue();
        assertThat(heap.isDirect()).isFalse();
        assertThat(direct.readableBytes() + heap.readableBytes()).isEqualTo(200_000);
        assertThat(direct.release() && heap.release()).isTrue();
    }

    @Test
    void channels_take_theirs_from_here() {
        Channel channel = Sockets.NIO.newChannel(new InetSocketAddress("127.0.0.1", 1));

        assertThat(channel.alloc()).isSameAs(Buffers.INSTANCE);
        channel.unsafe().closeForcibly();
    }
}
