package io.godwit.cli.fleet;

import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.ForwardingTransport;
import io.godwit.mqtt.client.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The transport of one device, whose connection can be cut without DISCONNECT, so that the broker publishes the will. */
public final class CuttableTransport extends ForwardingTransport {

    private volatile @Nullable Connection current;

    public CuttableTransport(Transport delegate) {
        super(delegate);
    }

    @Override
    protected Link decorate(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        return new Link(listener) {
            @Override
            public void connected(Connection opened) {
                current = opened;
                super.connected(opened);
            }

            @Override
            public void closed(@Nullable Throwable cause) {
                current = null;
                super.closed(cause);
            }
        };
    }

    /** Cuts the connection, if there is one. Any thread. */
    public void cut() {
        Connection open = current;
        if (open != null) {
            open.close(false);
        }
    }

    /** The transport below is shared by all devices. */
    @Override
    public void close() {
        cut();
    }
}
