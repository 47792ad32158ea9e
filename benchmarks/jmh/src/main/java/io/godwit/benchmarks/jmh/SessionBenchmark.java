package io.godwit.benchmarks.jmh;

import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Handler;
import io.godwit.mqtt.client.session.Inbox;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.codec.AckCodec;
import io.godwit.mqtt.codec.PublishCodec;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole session without sockets and threads: a thousand messages go out and are acknowledged, or come in and are
 * handled. The figures are for one message, and are the floor of what the client can do.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 15, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class SessionBenchmark {

    private static final int BURST = 1000;
    private static final int MOST_IDENTIFIERS = 65_535;
    private static final byte[] CONNACK = {0x20, 2, 0, 0};

    private final Message atMostOnce = Message.of("bench/topic", new byte[64]).withQos(Qos.AT_MOST_ONCE);
    private final Message atLeastOnce = atMostOnce.withQos(Qos.AT_LEAST_ONCE);
    private final Session session = connected();
    private final ByteBuf received0 = publishes(atMostOnce);
    private final ByteBuf received1 = publishes(atLeastOnce);
    private final ByteBuf acknowledgements = ByteBufAllocator.DEFAULT.directBuffer(4 * BURST);
    private int sum;

    @SuppressWarnings("NullAway") // it does not see, from another module, that an array may be null: here, the password
    private static Session connected() {
        SessionConfig config = new SessionConfig(
                ProtocolVersion.V3_1_1,
                new SessionConfig.Sending(
                        new QueueBounds(BURST, 1 << 20, WhenFull.FAIL), BURST, BURST, SessionLoss.RESEND, 0),
                new SessionConfig.Receiving(MOST_IDENTIFIERS, 1 << 20, 0, false),
                0);
        Session session = new Session(config, SessionLog.NONE, ByteBufAllocator.DEFAULT);
        Handler handler = () -> TopicFilter.of("bench/+");
        session.addHandler(handler);
        session.open(new Connect(ProtocolVersion.V3_1_1, "id", true, 0, null, null, null, MqttProperties.NONE), 0);
        ByteBuf connack = ByteBufAllocator.DEFAULT.directBuffer().writeBytes(CONNACK);
        session.received(connack, 0);
        connack.release();
        while (session.takeEvent() != null) {
            // only that it is connected
        }
        releaseOutbox(session);
        return session;
    }

    private static ByteBuf publishes(Message message) {
        byte[] topicField = PublishCodec.topicField(message.topic());
        ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(128 * BURST);
        for (int i = 1; i <= BURST; i++) {
            int identifier = message.qos() == Qos.AT_MOST_ONCE ? 0 : i;
            PublishCodec.write(
                    out, ProtocolVersion.V3_1_1, message, topicField, false, identifier, 0, MqttProperties.NONE);
        }
        return out;
    }

    private static void releaseOutbox(Session session) {
        for (ByteBuf part = session.outbox().take();
                part != null;
                part = session.outbox().take()) {
            part.release();
        }
    }

    /** A publish without the client around it. */
    private static final class Publish extends PublishExchange<Boolean> {
        Publish(Message message) {
            super(message, false);
        }

        @Override
        protected void finish(Outcome result) {
            complete(Boolean.TRUE);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void publishQos0() {
        for (int i = 0; i < BURST; i++) {
            session.publishNow(atMostOnce);
        }
        releaseOutbox(session);
        session.sent(0);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void publishQos1() {
        acknowledgements.clear();
        for (int i = 0; i < BURST; i++) {
            session.publish(new Publish(atLeastOnce), 0);
        }
        for (ByteBuf part = session.outbox().take();
                part != null;
                part = session.outbox().take()) {
            acknowledge(part);
            part.release();
        }
        session.sent(0);
        session.received(acknowledgements, 0);
        Exchange<?> ended = session.ended().take();
        while (ended != null) {
            Exchange<?> next = ended.next();
            ended.unlinkAndFinish();
            ended = next;
        }
    }

    /** All packets are alike: one byte of type, one of length, two and eleven of topic, then the identifier. */
    private void acknowledge(ByteBuf publishes) {
        int length = 2 + publishes.getByte(1);
        for (int at = 0; at < publishes.readableBytes(); at += length) {
            AckCodec.PUBACK.write(acknowledgements, publishes.getUnsignedShort(at + 2 + 2 + 11));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int receiveQos0() {
        return receive(received0);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int receiveQos1() {
        return receive(received1);
    }

    private int receive(ByteBuf packets) {
        packets.readerIndex(0);
        while (packets.isReadable()) {
            session.received(packets, 0);
        }
        Inbox.Batch batch = session.inbox().take();
        if (batch == null) {
            throw new IllegalStateException("nothing came");
        }
        for (int i = 0; i < batch.size(); i++) {
            sum += batch.message(i).payload().length;
            if (batch.token(i) != 0) {
                session.handled(batch.token(i));
            }
        }
        session.inbox().giveBack(batch);
        releaseOutbox(session);
        return sum;
    }
}
