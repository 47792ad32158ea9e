package io.godwit.mqtt.client.transport.netty;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * WebSocket framing, Godwit's own and Netty's, in the pattern of each kind of traffic: the client writes a batch of packets as
 * one message, a broker sends each packet as a message of its own. The figures are for one MQTT message of 80 bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WebSocketBenchmark {

    private static final int BURST = 1000;
    private static final int MESSAGE = 80;
    private static final int ACKNOWLEDGEMENT = 4;

    /** Whose framing. */
    @Param({"godwit", "netty"})
    public String framing = "godwit";

    private final ByteBuf oneMessage = Unpooled.directBuffer().writeZero(MESSAGE);
    private final ByteBuf batch = Unpooled.directBuffer().writeZero(MESSAGE * BURST);
    private final ByteBuf acknowledgementBatch = Unpooled.directBuffer().writeZero(ACKNOWLEDGEMENT * BURST);
    private final ByteBuf receivedMessages = received(MESSAGE);
    private final ByteBuf receivedAcknowledgements = received(ACKNOWLEDGEMENT);

    private EmbeddedChannel channel = new EmbeddedChannel();

    /** As a broker sends them: each in a frame. */
    private static ByteBuf received(int length) {
        ByteBuf frames = Unpooled.directBuffer();
        for (int i = 0; i < BURST; i++) {
            frames.writeByte(0x82).writeByte(length).writeZero(length);
        }
        return frames;
    }

    @Setup
    public void open() {
        ChannelHandler[] handlers = framing.equals("godwit")
                ? new ChannelHandler[] {new Sink(), new WebSocketFrames(), new Source()}
                : new ChannelHandler[] {
                    new Sink(),
                    new WebSocket13FrameEncoder(true),
                    new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                            .expectMaskedFrames(false)
                            .maxFramePayloadLength(Integer.MAX_VALUE)
                            .withUTF8Validator(false)
                            .build()),
                    new Frames(),
                    new Source()
                };
        channel = new EmbeddedChannel(handlers);
    }

    @TearDown
    public void close() {
        channel.finishAndReleaseAll();
    }

    private void write(ByteBuf bytes) {
        channel.pipeline().writeAndFlush(bytes.retainedDuplicate());
    }

    private void read(ByteBuf bytes) {
        // in pieces of 16 KiB, as a socket delivers them; own memory, as framing may change it
        for (int at = 0; at < bytes.writerIndex(); at += 16 << 10) {
            int length = Math.min(16 << 10, bytes.writerIndex() - at);
            channel.pipeline()
                    .fireChannelRead(channel.alloc().directBuffer(length).writeBytes(bytes, at, length));
        }
        channel.pipeline().fireChannelReadComplete();
    }

    /** Messages that are published one at a time. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void publishQos0Single() {
        for (int i = 0; i < BURST; i++) {
            write(oneMessage);
        }
    }

    /** Messages that are published faster than they are written. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void publishQos0Batch() {
        write(batch);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void publishQos1Batch() {
        write(batch);
        read(receivedAcknowledgements);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void receiveQos0() {
        read(receivedMessages);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void receiveQos1() {
        read(receivedMessages);
        write(acknowledgementBatch);
    }

    /**
     * Compares both in short interleaved rounds by the processor time of this thread, for machines that are too busy for JMH: the
     * median of 41 rounds and their quartiles, in nanoseconds, and bytes allocated, all for one message.
     */
    public static void main(String[] arguments) {
        WebSocketBenchmark[] both = {new WebSocketBenchmark(), new WebSocketBenchmark()};
        both[1].framing = "netty";
        Map<String, Consumer<WebSocketBenchmark>> traffic = new LinkedHashMap<>();
        traffic.put("publish QoS 0, one at a time", WebSocketBenchmark::publishQos0Single);
        traffic.put("publish QoS 0, in batches", WebSocketBenchmark::publishQos0Batch);
        traffic.put("publish QoS 1, in batches", WebSocketBenchmark::publishQos1Batch);
        traffic.put("receive QoS 0", WebSocketBenchmark::receiveQos0);
        traffic.put("receive QoS 1", WebSocketBenchmark::receiveQos1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (WebSocketBenchmark each : both) {
            each.open();
        }
        traffic.forEach((name, burst) -> {
            long[][] nanos = new long[2][41];
            long[] bytes = new long[2];
            for (int round = -20; round < nanos[0].length; round++) {
                for (int i = 0; i < 2; i++) {
                    long allocated = threads.getCurrentThreadAllocatedBytes();
                    long start = threads.getCurrentThreadCpuTime();
                    for (int n = 0; n < 200; n++) {
                        burst.accept(both[i]);
                    }
                    if (round >= 0) {
                        nanos[i][round] = threads.getCurrentThreadCpuTime() - start;
                        bytes[i] = threads.getCurrentThreadAllocatedBytes() - allocated;
                    }
                }
            }
            for (int i = 0; i < 2; i++) {
                Arrays.sort(nanos[i]);
                double per = 200.0 * BURST;
                System.out.printf(
                        "%-30s %-7s %6.1f (%.1f to %.1f) ns, %.1f bytes%n",
                        name,
                        both[i].framing,
                        nanos[i][20] / per,
                        nanos[i][10] / per,
                        nanos[i][30] / per,
                        bytes[i] / per);
            }
        });
    }

    /** Takes what would go to the socket. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ((ByteBuf) message).release();
            promise.trySuccess();
        }

        @Override
        public void flush(ChannelHandlerContext context) {}
    }

    /** Takes what would go to the client. */
    private static final class Source extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((ByteBuf) message).release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {}
    }

    /** What Netty's codec needs in addition: frames to bytes and back. */
    private static final class Frames extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.fireChannelRead(((WebSocketFrame) message).content());
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            context.write(new BinaryWebSocketFrame((ByteBuf) message), promise);
        }
    }
}
