package io.godwit.nodemcu;

import io.godwit.mqtt.client.net.Carrier;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The cable between one client and the network, which can be pulled and put back, and cut. While it is pulled, sockets
 * stay open and silent: what is written waits, what arrives is not read, and neither end is told of a close.
 */
final class Cable implements Transport {

    /** How long a socket that was closed while the cable was out lingers, for the broker to find out by itself. */
    private static final Duration LINGER = Duration.ofMinutes(10);

    private static final int HIGH_WATER = 256 * 1024;

    private final Transport delegate;
    private final List<Wire> wires = new CopyOnWriteArrayList<>();
    private volatile boolean plugged = true;

    /** @param carrier null for sockets */
    Cable(@Nullable Carrier carrier) {
        this.delegate = carrier == null ? NettyTransport.shared() : Transport.of(carrier);
    }

    @Override
    public EventLoop nextLoop() {
        return delegate.nextLoop();
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions road, ConnectionListener listener) {
        Wire wire = new Wire(loop, listener);
        wires.add(wire);
        if (plugged) {
            wire.attempt = delegate.open(loop, road, wire);
        } else {
            wire.pending = loop.schedule(
                    () -> wire.failed(new TransportException(
                            TransportException.Step.CONNECT,
                            road.servers().get(0),
                            true,
                            "the network is unplugged: no answer within "
                                    + road.connectTimeout().toSeconds() + " s",
                            null)),
                    road.connectTimeout().toNanos());
        }
        return wire;
    }

    /** Drops every socket without a word. Any thread. */
    void cut() {
        for (Wire wire : wires) {
            wire.drop();
        }
    }

    /** Any thread. */
    void plug(boolean in) {
        plugged = in;
        for (Wire wire : wires) {
            wire.loop.execute(wire::plugChanged);
        }
    }

    @Override
    public void close() {
        cut();
    }

    /** One socket. On its loop only, but for what is said otherwise. */
    private final class Wire implements ConnectionListener, Connection, Attempt {
        private final EventLoop loop;
        private final ConnectionListener listener;
        private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
        private volatile @Nullable Attempt attempt;
        private volatile @Nullable Cancellable pending;
        private volatile @Nullable Connection connection;
        private int waitingBytes;
        private boolean wantsReading = true;
        private boolean abandoned;

        Wire(EventLoop loop, ConnectionListener listener) {
            this.loop = loop;
            this.listener = listener;
        }

        private void done() {
            wires.remove(this);
            waiting.forEach(ByteBuf::release);
            waiting.clear();
        }

        /** Any thread. */
        void drop() {
            Connection open = connection;
            if (open != null) {
                open.close(false);
            } else {
                cancel();
            }
        }

        void plugChanged() {
            Connection open = connection;
            if (open == null) {
                return;
            }
            if (plugged && abandoned) {
                open.close(false);
                return;
            }
            open.setReading(plugged && wantsReading);
            while (plugged && !waiting.isEmpty()) {
                open.write(waiting.poll());
            }
            if (plugged) {
                waitingBytes = 0;
                listener.writabilityChanged();
            }
        }

        // ---- as listener of the real connection

        @Override
        public void connected(Connection opened) {
            connection = opened;
            listener.connected(this);
            if (!plugged) {
                plugChanged();
            }
        }

        @Override
        public void failed(TransportException failure) {
            done();
            listener.failed(failure);
        }

        @Override
        public void received(ByteBuf bytes) {
            if (plugged && !abandoned) {
                listener.received(bytes);
            }
        }

        @Override
        public void readComplete() {
            if (!abandoned) {
                listener.readComplete();
            }
        }

        @Override
        public void writabilityChanged() {
            if (!abandoned) {
                listener.writabilityChanged();
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            done();
            if (!abandoned) {
                listener.closed(cause);
            }
        }

        // ---- as the client's connection

        private Connection open() {
            Connection open = connection;
            if (open == null) {
                throw new IllegalStateException("not connected yet");
            }
            return open;
        }

        @Override
        public void write(ByteBuf bytes) {
            if (plugged) {
                open().write(bytes);
            } else {
                waitingBytes += bytes.readableBytes();
                waiting.add(bytes);
            }
        }

        @Override
        public boolean isWritable() {
            return waitingBytes < HIGH_WATER && open().isWritable();
        }

        @Override
        public boolean hasUnwritten() {
            return !waiting.isEmpty() || open().hasUnwritten();
        }

        @Override
        public void setReading(boolean reading) {
            wantsReading = reading;
            open().setReading(plugged && reading);
        }

        @Override
        public void close(boolean flush) {
            if (plugged) {
                open().close(flush);
            } else {
                loop.execute(this::abandon);
            }
        }

        /** The client is done with it, but the broker cannot know: the socket stays for a while. */
        private void abandon() {
            if (!abandoned && connection != null) {
                abandoned = true;
                loop.schedule(this::drop, LINGER.toNanos());
                listener.closed(null);
            }
        }

        @Override
        public String describe() {
            return open().describe();
        }

        @Override
        public ServerAddress address() {
            return open().address();
        }

        // ---- as the client's attempt

        @Override
        public void cancel() {
            if (!plugged && connection != null) {
                loop.execute(() -> {
                    abandoned = true;
                    loop.schedule(this::drop, LINGER.toNanos());
                });
                return;
            }
            Cancellable timer = pending;
            if (timer != null) {
                timer.cancel();
            }
            Attempt walk = attempt;
            if (walk != null) {
                walk.cancel();
            }
            wires.remove(this);
        }
    }
}
