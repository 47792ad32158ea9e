package io.godwit.cli.packets;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.ForwardingTransport;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets a tap see the bytes of each connection, after TLS and WebSocket are removed. */
public final class TapTransport extends ForwardingTransport {
    // Set once.
    private final Function<Connection, PacketTap> taps;
    private final Consumer<String> news;

    /**
     * @param taps creates a tap for each connection
     * @param news receives a line when a connection opens and closes
     */
    public TapTransport(Transport delegate, Function<Connection, PacketTap> taps, Consumer<String> news) {
        super(delegate);
        this.taps = taps;
        this.news = news;
    }

    @Override
    protected Link decorate(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        return new TappedLink(listener);
    }

    private final class TappedLink extends Link {
        // Event loop only.
        private @Nullable PacketTap tap;

        TappedLink(ConnectionListener listener) {
            super(listener);
        }

        @Override
        public void connected(Connection opened) {
            tap = taps.apply(opened);
            news.accept("connected to " + opened.describe());
            super.connected(opened);
        }

        @Override
        public void received(ByteBuf bytes) {
            if (tap != null) {
                tap.pass(Direction.TO_CLIENT, bytes);
            }
            super.received(bytes);
        }

        @Override
        public void write(ByteBuf bytes, boolean more) {
            if (tap != null) {
                tap.pass(Direction.TO_BROKER, bytes);
            }
            super.write(bytes, more);
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            if (tap != null) {
                tap.close();
            }
            news.accept(cause == null ? "connection closed" : "connection lost: " + cause.getMessage());
            super.closed(cause);
        }
    }
}
