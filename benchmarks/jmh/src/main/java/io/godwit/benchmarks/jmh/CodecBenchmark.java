package io.godwit.benchmarks.jmh;

import io.godwit.mqtt.codec.AckCodec;
import io.godwit.mqtt.codec.AckFields;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.codec.PublishCodec;
import io.godwit.mqtt.codec.PublishFields;
import io.godwit.mqtt.codec.TopicSource;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Bytes to packets and back, a thousand at a time as they come in a burst; the figures are for one packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class CodecBenchmark {

    private static final int BURST = 1000;
    private static final int LARGEST_PACKET = 1 << 20;

    /** The version of the protocol. */
    @Param({"V3_1_1", "V5"})
    public ProtocolVersion version = ProtocolVersion.V3_1_1;

    private final Message message = Message.of("bench/topic", new byte[64]).withQos(Qos.AT_LEAST_ONCE);
    private final byte[] topicField = PublishCodec.topicField("bench/topic");
    private final ByteBuf out = Unpooled.directBuffer(BURST * 128);
    private final ByteBuf publishes = Unpooled.directBuffer(BURST * 128);
    private final ByteBuf acknowledgements = Unpooled.directBuffer(BURST * 4);
    private final PublishFields publish = new PublishFields();
    private final AckFields acknowledgement = new AckFields();
    private final TopicSource cached = (in, index, length) -> "bench/topic";
    private int sum;

    @Benchmark
    @OperationsPerInvocation(BURST)
    public ByteBuf writePublish() {
        write(out.clear());
        return out;
    }

    private void write(ByteBuf to) {
        for (int identifier = 1; identifier <= BURST; identifier++) {
            PublishCodec.write(to, version, message, topicField, false, identifier, 0, MqttProperties.NONE);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public ByteBuf writePuback() {
        out.clear();
        for (int identifier = 1; identifier <= BURST; identifier++) {
            AckCodec.PUBACK.write(out, identifier);
        }
        return out;
    }

    /** With the topic from a cache, as the client has it. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int readPublish() {
        return readPublishes(cached);
    }

    /** With each topic decoded and judged. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int readPublishWithoutCache() {
        return readPublishes(TopicSource.VALIDATING);
    }

    private int readPublishes(TopicSource topics) {
        if (publishes.writerIndex() == 0) {
            write(publishes);
        }
        PacketReader reader = new PacketReader(LARGEST_PACKET);
        reader.feed(publishes.readerIndex(0), (firstByte, in, index, length) -> {
            Message message = PublishCodec.read(firstByte, in, index, length, version, topics, publish);
            sum += message.payload().length;
            return true;
        });
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int readPuback() {
        if (acknowledgements.writerIndex() == 0) {
            for (int identifier = 1; identifier <= BURST; identifier++) {
                AckCodec.PUBACK.write(acknowledgements, identifier);
            }
        }
        PacketReader reader = new PacketReader(LARGEST_PACKET);
        reader.feed(acknowledgements.readerIndex(0), (firstByte, in, index, length) -> {
            if (firstByte == PacketType.PUBACK.firstByte()) {
                AckCodec.PUBACK.read(firstByte, in, index, length, version, acknowledgement);
                sum += acknowledgement.packetId();
            }
            return true;
        });
        return sum;
    }
}
