package io.godwit.cli.packets;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transport that carries what another carries, and lets a tap see it: behind TLS and WebSocket, so in the clear. */
public final class TapTransport implements Transport {
    private final Transport inner;
    private final Function<Connection, PacketTap> taps;
    private final Consumer<String> news;

    /**
     * @param taps makes a tap for each connection
     * @param news is told in words when a connection begins and ends
     */
    public TapTransport(Transport inner, Function<Connection, PacketTap> taps, Consumer<String> news) {
        this.inner = inner;
        this.taps = taps;
        this.news = news;
    }

    @Override
    public EventLoop nextLoop() {
        return inner.nextLoop();
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        return inner.open(loop, options, new TappedListener(listener));
    }

    @Override
    public void close() {
        inner.close();
    }

    /** Sees what is received. */
    private final class TappedListener implements ConnectionListener {
        private final ConnectionListener inner;
        private @Nullable PacketTap tap;

        TappedListener(ConnectionListener inner) {
            this.inner = inner;
        }

        @Override
        public void passed(ConnectProgress waypoint) {
            inner.passed(waypoint);
        }

        @Override
        public void connected(Connection connection) {
            PacketTap made = taps.apply(connection);
            tap = made;
            news.accept("connected to " + connection.describe());
            inner.connected(new TappedConnection(connection, made));
        }

        @Override
        public void failed(TransportException failure) {
            inner.failed(failure);
        }

        @Override
        public void received(ByteBuf bytes) {
            if (tap != null) {
                tap.pass(Direction.TO_CLIENT, bytes);
            }
            inner.received(bytes);
        }

        @Override
        public void readComplete() {
            inner.readComplete();
        }

        @Override
        public void writabilityChanged() {
            inner.writabilityChanged();
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            if (tap != null) {
                tap.close();
            }
            news.accept(cause == null ? "connection closed" : "connection lost: " + cause.getMessage());
            inner.closed(cause);
        }
    }

    /** Sees what is sent. */
    private record TappedConnection(Connection inner, PacketTap tap) implements Connection {
        @Override
        public void write(ByteBuf bytes) {
            tap.pass(Direction.TO_BROKER, bytes);
            inner.write(bytes);
        }

        @Override
        public boolean isWritable() {
            return inner.isWritable();
        }

        @Override
        public boolean hasUnwritten() {
            return inner.hasUnwritten();
        }

        @Override
        public void setReading(boolean reading) {
            inner.setReading(reading);
        }

        @Override
        public void close(boolean flush) {
            inner.close(flush);
        }

        @Override
        public String describe() {
            return inner.describe();
        }

        @Override
        public ServerAddress address() {
            return inner.address();
        }
    }
}
