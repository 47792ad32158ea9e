package io.godwit.benchmarks.netty;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageFactory;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One channel. It writes without promises and flushes once per burst, as Netty's documentation of flush advises, and
 * publishes from the event loop, where no task is needed for a write.
 */
final class NettyLink extends ChannelInboundHandlerAdapter implements Link {

    private static final int MOST_IDENTIFIERS = 65_535;
    private static final int BURST = 64;
    private static final int TIMEOUT_SECONDS = 10;

    // Set once.
    private final Endpoint endpoint;
    private final CountDownLatch connack = new CountDownLatch(1);
    private final CountDownLatch suback = new CountDownLatch(1);
    private final CountDownLatch puback = new CountDownLatch(1);
    private volatile @Nullable Channel channel;

    // Event loop only.
    private @Nullable PublishLoad load;
    private @Nullable ReceiveLoad received;
    private @Nullable Echo echo;
    private @Nullable Traffic arriving;
    private boolean flushPending;
    private MqttFixedHeader publishHeader = header(MqttMessageType.PUBLISH, MqttQoS.AT_MOST_ONCE);
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private String topic = "";
    private int inFlight;
    private int completedInBurst;
    private int lastIdentifier;
    private final List<PublishLoad> sharedLoads = new ArrayList<>();
    private int nextShared;

    NettyLink(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    void connected(Channel newChannel) throws InterruptedException, TimeoutException {
        channel = newChannel;
        newChannel.writeAndFlush(MqttMessageBuilders.connect()
                .clientId(endpoint.clientId())
                .protocolVersion(endpoint.mqtt5() ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
                .cleanSession(true)
                .keepAlive(0)
                .build());
        await(connack, "CONNACK");
    }

    private static void await(CountDownLatch latch, String packet) throws InterruptedException, TimeoutException {
        if (!latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException("no " + packet + " came within " + TIMEOUT_SECONDS + " s");
        }
    }

    private Channel channel() {
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    @Override
    public void publish(PublishLoad newLoad) {
        if (newLoad.window() < endpoint.window()) {
            publishFromOutside(newLoad);
            return;
        }
        prepare(newLoad.topic(), newLoad.qos(), newLoad.payload());
        channel().eventLoop().execute(() -> {
            load = newLoad;
            pump();
            channel().flush();
        });
    }

    private void prepare(String newTopic, int qos, byte[] bytes) {
        topic = newTopic;
        publishHeader = header(MqttMessageType.PUBLISH, MqttQoS.valueOf(qos));
        // The payload is there already and is not copied; each message needs only a reader index of its own.
        payload = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes));
    }

    /** Writes while there is room: in the window, and at QoS 0 in the channel's own queue. */
    private void pump() {
        PublishLoad load = this.load;
        if (load == null || load.stopped()) {
            return;
        }
        Channel channel = channel();
        if (load.qos() == 0) {
            for (int i = 0; i < BURST && channel.isWritable(); i++) {
                channel.write(publish(0), channel.voidPromise());
                load.completed();
            }
            channel.flush();
            if (channel.isWritable()) {
                channel.eventLoop().execute(this::pump);
            }
        } else if (inFlight <= load.window() - BURST || inFlight == 0) {
            while (inFlight < load.window()) {
                inFlight++;
                channel.write(publish(nextIdentifier()), channel.voidPromise());
            }
        }
    }

    private int nextIdentifier() {
        lastIdentifier = lastIdentifier % MOST_IDENTIFIERS + 1;
        return lastIdentifier;
    }

    private MqttPublishMessage publish(int identifier) {
        return publish(identifier, payload.duplicate());
    }

    private MqttPublishMessage publish(int identifier, ByteBuf bytes) {
        return new MqttPublishMessage(
                publishHeader, new MqttPublishVariableHeader(topic, identifier, MqttProperties.NO_PROPERTIES), bytes);
    }

    /** Four threads cannot be one event loop: each writes through the channel's task queue. */
    private void publishFromOutside(PublishLoad newLoad) {
        Channel channel = channel();
        prepare(newLoad.topic(), newLoad.qos(), newLoad.payload());
        channel.eventLoop().execute(() -> sharedLoads.add(newLoad));
        int sinceFlush = 0;
        int identifier = 0;
        while (newLoad.acquire()) {
            identifier = identifier % MOST_IDENTIFIERS + 1;
            channel.write(publish(identifier), channel.voidPromise());
            if (++sinceFlush == BURST) {
                sinceFlush = 0;
                channel.flush();
            }
        }
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad newLoad) throws Exception {
        channel().eventLoop().execute(() -> received = newLoad);
        subscribe(filter, qos);
    }

    private void subscribe(String filter, int qos) {
        channel()
                .writeAndFlush(MqttMessageBuilders.subscribe()
                        .messageId(1)
                        .addSubscription(filter, MqttSubscriptionOption.onlyFromQos(MqttQoS.valueOf(qos)))
                        .build());
    }

    @Override
    public void echo(String newTopic, byte[] bytes, Echo newEcho) throws Exception {
        prepare(newTopic, 0, bytes);
        channel().eventLoop().execute(() -> echo = newEcho);
        subscribe(newTopic, 0);
        await(suback, "SUBACK");
        channel()
                .eventLoop()
                .execute(() -> channel().writeAndFlush(publish(0), channel().voidPromise()));
    }

    @Override
    public void deliver(String newTopic, int qos, Traffic traffic) throws Exception {
        channel().eventLoop().execute(() -> arriving = traffic);
        subscribe(newTopic, qos);
        await(suback, "SUBACK");
    }

    @Override
    public void send(String newTopic, int qos, Traffic traffic) {
        prepare(newTopic, qos, new byte[0]);
        for (byte[] bytes = traffic.next(); bytes != null; bytes = traffic.next()) {
            ByteBuf message = Unpooled.wrappedBuffer(bytes);
            channel().eventLoop().execute(() -> write(message));
        }
    }

    /** Flushes behind the tasks that are waiting, which are more messages when the publisher is fast. */
    private void write(ByteBuf message) {
        Channel channel = channel();
        channel.write(publish(nextIdentifier(), message), channel.voidPromise());
        if (!flushPending) {
            flushPending = true;
            channel.eventLoop().execute(() -> {
                flushPending = false;
                channel.flush();
            });
        }
    }

    @Override
    public void publishOne(String newTopic, byte[] bytes) throws Exception {
        prepare(newTopic, 1, bytes);
        channel().writeAndFlush(publish(1));
        await(puback, "PUBACK");
    }

    @Override
    public boolean connected() {
        return channel().isActive();
    }

    @Override
    public void close() throws Exception {
        channel().writeAndFlush(MqttMessage.DISCONNECT);
        channel().close().sync();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        MqttMessage packet = (MqttMessage) message;
        switch (packet.fixedHeader().messageType()) {
            case PUBLISH -> received(ctx, (MqttPublishMessage) packet);
            case PUBACK, PUBCOMP -> {
                inFlight--;
                completedInBurst++;
            }
            case PUBREC -> ctx.write(answer(MqttMessageType.PUBREL, packet), ctx.voidPromise());
            case PUBREL -> ctx.write(answer(MqttMessageType.PUBCOMP, packet), ctx.voidPromise());
            case CONNACK -> connack.countDown();
            case SUBACK -> suback.countDown();
            default -> throw new IllegalStateException("unexpected " + packet.fixedHeader());
        }
        ReferenceCountUtil.release(message);
    }

    private void received(ChannelHandlerContext ctx, MqttPublishMessage publish) {
        if (echo != null) {
            if (echo.arrived()) {
                ctx.writeAndFlush(publish(0), ctx.voidPromise());
            }
            return;
        }
        if (arriving != null) {
            arriving.arrived(publish.payload().getLong(publish.payload().readerIndex()));
        }
        if (received != null) {
            received.received(publish.payload().readableBytes());
        }
        MqttQoS qos = publish.fixedHeader().qosLevel();
        if (qos != MqttQoS.AT_MOST_ONCE) {
            MqttMessageType type = qos == MqttQoS.AT_LEAST_ONCE ? MqttMessageType.PUBACK : MqttMessageType.PUBREC;
            ctx.write(
                    MqttMessageFactory.newMessage(
                            header(type, MqttQoS.AT_MOST_ONCE),
                            MqttMessageIdVariableHeader.from(
                                    publish.variableHeader().packetId()),
                            null),
                    ctx.voidPromise());
        }
    }

    private static MqttMessage answer(MqttMessageType type, MqttMessage to) {
        MqttMessageIdVariableHeader identifier = (MqttMessageIdVariableHeader) to.variableHeader();
        MqttQoS flags = type == MqttMessageType.PUBREL ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE;
        return MqttMessageFactory.newMessage(
                header(type, flags), MqttMessageIdVariableHeader.from(identifier.messageId()), null);
    }

    private static MqttFixedHeader header(MqttMessageType type, MqttQoS qos) {
        return new MqttFixedHeader(type, false, qos, false, 0);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (completedInBurst > 0) {
            puback.countDown();
            completeLoads();
            completedInBurst = 0;
        }
        pump();
        ctx.flush();
    }

    private void completeLoads() {
        if (load != null) {
            load.completed(completedInBurst);
        }
        // Which thread's message it was is not remembered (there is no session), so they take turns.
        for (int i = 0; i < completedInBurst && !sharedLoads.isEmpty(); i++) {
            sharedLoads.get(nextShared++ % sharedLoads.size()).completed();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && load != null && load.qos() == 0) {
            pump();
        }
    }
}
