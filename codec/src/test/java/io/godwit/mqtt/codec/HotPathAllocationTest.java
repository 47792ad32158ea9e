package io.godwit.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens for each message makes no objects but the received message itself. */
class HotPathAllocationTest {
    private static final int TIMES = 10_000;

    /** What the measuring itself, or a class that is loaded late, may take over all runs. */
    private static final long NOISE = 2 * TIMES;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final byte[] topic = PublishCodec.topicField("sensors/kitchen/temperature");
    private final Message message =
            new Message("sensors/kitchen/temperature", new byte[64], Qos.AT_LEAST_ONCE, false, MqttProperties.NONE);
    private final ByteBuf buffer = Unpooled.directBuffer(1 << 10, 1 << 10);

    @ParameterizedTest
    @EnumSource
    void writing_a_publish_allocates_nothing(ProtocolVersion version) {
        long bytes = allocated(() -> {
            buffer.clear();
            PublishCodec.size(version, message, topic, 0, MqttProperties.NONE);
            PublishCodec.write(buffer, version, message, topic, false, 7, 0, MqttProperties.NONE);
        });

        assertThat(bytes).isLessThan(NOISE);
    }

    @ParameterizedTest
    @EnumSource
    void reading_a_publish_makes_the_message_and_its_payload_only(ProtocolVersion version) {
        PublishCodec.write(buffer, version, message, topic, false, 7, 0, MqttProperties.NONE);
        PublishFields fields = new PublishFields();
        TopicSource cache = (in, index, length) -> message.topic();
        Message[] read = new Message[1];
        FrameSink sink = (firstByte, in, index, length) -> {
            read[0] = PublishCodec.read(firstByte, in, index, length, version, cache, fields);
            return true;
        };
        PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);

        long bytes = allocated(() -> {
            buffer.readerIndex(0);
            reader.feed(buffer, sink);
        });

        assertThat(read[0]).isEqualTo(message);
        // Message: 32 bytes; payload: 16 bytes of header and 64 of content.
        assertThat(bytes).isLessThan(TIMES * (32L + 16 + 64) + NOISE);
    }

    @ParameterizedTest
    @EnumSource
    void acknowledgements_allocate_nothing(ProtocolVersion version) {
        AckFields fields = new AckFields();
        FrameSink sink = (firstByte, in, index, length) -> {
            AckCodec.PUBACK.read(firstByte, in, index, length, version, fields);
            return true;
        };
        PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);

        long bytes = allocated(() -> {
            buffer.clear();
            AckCodec.PUBACK.write(buffer, 513);
            reader.feed(buffer, sink);
        });

        assertThat(fields.packetId()).isEqualTo(513);
        assertThat(bytes).isLessThan(NOISE);
    }

    private static long allocated(Runnable step) {
        step.run();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TIMES; i++) {
            step.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
