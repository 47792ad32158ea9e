package io.godwit.benchmarks.netty;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;

/** One event loop, the codec, and a handler that does the least a client can do. */
public final class NettyAdapter implements Adapter {

    /** Larger than any payload of the scenarios. */
    private static final int MOST_BYTES_IN_MESSAGE = 1 << 20;

    private final EventLoopGroup loops;
    private final Class<? extends SocketChannel> channelType;

    public NettyAdapter(Endpoint endpoint) {
        // The native transport is the faster one by Netty's own advice; "transport=nio" shows the difference.
        boolean epoll =
                Epoll.isAvailable() && !endpoint.option("transport", "epoll").equals("nio");
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        // One loop: there is one connection, and 2 cores are shared with the peer.
        loops = new MultiThreadIoEventLoopGroup(1, io);
    }

    @Override
    public Link connect(Endpoint endpoint) throws Exception {
        NettyLink link = new NettyLink(endpoint);
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel ch) {
                        ch.pipeline().addLast(new MqttDecoder(MOST_BYTES_IN_MESSAGE), MqttEncoder.INSTANCE, link);
                    }
                })
                .connect(endpoint.host(), endpoint.port())
                .sync()
                .channel();
        link.connected(channel);
        return link;
    }

    @Override
    public void close() {
        loops.shutdownGracefully();
    }
}
