package io.godwit.benchmarks.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;

/**
 * Connects, publishes one message with QoS 1, disconnects and ends: the least that a program on bare Netty does for what
 * {@code godwit pub} does. {@code benchmarks/startup} measures both.
 */
public final class BarePublish {
    private BarePublish() {}

    /** @param arguments host, port, topic, text */
    public static void main(String[] arguments) throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.pipeline().addLast(MqttEncoder.INSTANCE, new MqttDecoder());
                        opened.pipeline().addLast(new Conversation(arguments[2], arguments[3]));
                    }
                })
                .connect(arguments[0], Integer.parseInt(arguments[1]))
                .sync()
                .channel();
        channel.closeFuture().sync();
        System.exit(0);
    }

    /** CONNECT, PUBLISH and DISCONNECT, each after the answer to the one before. */
    private static final class Conversation extends ChannelInboundHandlerAdapter {
        private final String topic;
        private final String text;

        Conversation(String topic, String text) {
            this.topic = topic;
            this.text = text;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(MqttMessageBuilders.connect()
                    .clientId("bare")
                    .protocolVersion(MqttVersion.MQTT_3_1_1)
                    .cleanSession(true)
                    .keepAlive(60)
                    .build());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object packet) {
            switch (((MqttMessage) packet).fixedHeader().messageType()) {
                case CONNACK ->
                    context.writeAndFlush(MqttMessageBuilders.publish()
                            .topicName(topic)
                            .messageId(1)
                            .qos(MqttQoS.AT_LEAST_ONCE)
                            .payload(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)))
                            .build());
                case PUBACK -> {
                    context.writeAndFlush(MqttMessage.DISCONNECT);
                    context.close();
                }
                default -> throw new IllegalStateException("unexpected: " + packet);
            }
        }
    }
}
