package io.godwit.benchmarks.socket;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * No library at all: a blocking socket channel, and packets made before the clock starts. What it reaches is what the
 * kernel and the peer allow, so the distance to it is what a library costs.
 */
public final class SocketAdapter implements Adapter {

    public SocketAdapter(Endpoint endpoint) {
        if (endpoint.tls()) {
            throw new IllegalArgumentException("the plain socket has no TLS scenario");
        }
    }

    @Override
    public Link connect(Endpoint endpoint) throws Exception {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress(endpoint.host(), endpoint.port()));
        SocketLink link = new SocketLink(channel, endpoint.mqtt5());
        link.write(ByteBuffer.wrap(ReadyBytes.connect(endpoint.clientId(), endpoint.mqtt5())));
        link.readExactly(endpoint.mqtt5() ? 5 : 4);
        return link;
    }

    @Override
    public void close() {
        // nothing is shared
    }
}
