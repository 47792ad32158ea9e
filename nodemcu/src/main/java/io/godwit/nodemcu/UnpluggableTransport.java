package io.godwit.nodemcu;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The network of one client, which can be unplugged and plugged in again, and cut. While unplugged, sockets stay open and
 * silent: what the client writes waits, what arrives is not read, and neither end learns of a close.
 */
final class UnpluggableTransport implements Transport {

    /** How long a socket that the client closed while unplugged stays open; the broker cannot know of the close. */
    private static final Duration LINGER = Duration.ofMinutes(10);

    private static final int HIGH_WATER = 256 * 1024;

    private final Transport delegate;
    private final List<UnpluggableConnection> connections = new CopyOnWriteArrayList<>();
    private volatile boolean plugged = true;

    UnpluggableTransport(Transport delegate) {
        this.delegate = delegate;
    }

    @Override
    public EventLoop nextLoop() {
        return delegate.nextLoop();
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        UnpluggableConnection connection = new UnpluggableConnection(loop, options, listener);
        connections.add(connection);
        if (plugged) {
            connection.attempt = delegate.open(loop, options, connection);
        } else {
            connection.pending = loop.schedule(
                    () -> connection.giveUp("the network is unplugged: no answer within "
                            + options.connectTimeout().toSeconds() + " s"),
                    options.connectTimeout().toNanos());
            if (plugged) {
                loop.execute(connection::plugChanged);
            }
        }
        return connection;
    }

    /** The device loses its address: its sockets end here, and the other ends do not learn of it. Any thread. */
    void lose() {
        plugged = false;
        for (UnpluggableConnection connection : connections) {
            connection.loop.execute(connection::lose);
        }
    }

    /** Closes every socket at once, without flushing. Any thread. */
    void cut() {
        for (UnpluggableConnection connection : connections) {
            connection.drop();
        }
    }

    /** Unplugs the network, or plugs it in again. Any thread. */
    void plug(boolean in) {
        plugged = in;
        for (UnpluggableConnection connection : connections) {
            connection.loop.execute(connection::plugChanged);
        }
    }

    @Override
    public void close() {
        cut();
    }

    /** One socket. Event loop only unless a method says otherwise. */
    private final class UnpluggableConnection implements ConnectionListener, Connection, Attempt {
        private final EventLoop loop;
        private final TransportOptions options;
        private final ConnectionListener listener;
        private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
        private volatile @Nullable Attempt attempt;
        private volatile @Nullable Cancellable pending;
        private volatile @Nullable Connection connection;
        private int waitingBytes;
        private boolean wantsReading = true;
        private boolean abandoned;

        UnpluggableConnection(EventLoop loop, TransportOptions options, ConnectionListener listener) {
            this.loop = loop;
            this.options = options;
            this.listener = listener;
        }

        private void done() {
            connections.remove(this);
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
                resume();
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

        /** An attempt that waited for the network starts. */
        private void resume() {
            Cancellable timer = pending;
            if (plugged && timer != null && connections.contains(this)) {
                timer.cancel();
                pending = null;
                attempt = delegate.open(loop, options, this);
            }
        }

        void lose() {
            if (connection != null) {
                abandon();
                return;
            }
            Attempt running = attempt;
            if (running != null) {
                running.cancel();
            }
            giveUp("the device has no address");
        }

        private void giveUp(String why) {
            Cancellable timer = pending;
            if (timer != null) {
                timer.cancel();
            }
            if (connections.contains(this)) {
                ServerAddress server = options.servers().get(0);
                failed(new TransportException(ConnectPhase.CONNECT, FailureReason.TIMEOUT, server, why, null));
            }
        }

        // ---- listener of the real connection

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

        // ---- connection of the client

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

        /** Tells the client that it is closed and keeps the socket open for a while. */
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

        // ---- attempt of the client

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
            Attempt running = attempt;
            if (running != null) {
                running.cancel();
            }
            connections.remove(this);
        }
    }
}
