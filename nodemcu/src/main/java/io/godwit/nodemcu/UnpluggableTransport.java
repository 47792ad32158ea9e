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
import io.godwit.mqtt.client.transport.ForwardingTransport;
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
final class UnpluggableTransport extends ForwardingTransport {

    /** How long a socket that was closed while unplugged stays open, so that the broker finds out by itself. */
    private static final Duration LINGER = Duration.ofMinutes(10);

    private static final String NO_ADDRESS = "the device has no address";

    private static final int HIGH_WATER = 256 * 1024;

    // Any thread.
    private final List<UnpluggableConnection> connections = new CopyOnWriteArrayList<>();
    private volatile boolean plugged = true;
    /** Unplugged, and the device knows it: attempts fail at once. */
    private volatile boolean lost;

    UnpluggableTransport(Transport delegate) {
        super(delegate);
    }

    @Override
    protected Link decorate(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        UnpluggableConnection connection = new UnpluggableConnection(loop, options, listener);
        connections.add(connection);
        return connection;
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        if (plugged) {
            return super.open(loop, options, listener);
        }
        UnpluggableConnection connection = (UnpluggableConnection) decorate(loop, options, listener);
        String timedOut = "timed out after " + options.connectTimeout().toSeconds() + " s: the network is unplugged";
        connection.timeout = lost
                ? loop.schedule(() -> connection.giveUp(NO_ADDRESS), 0)
                : loop.schedule(
                        () -> connection.giveUp(timedOut),
                        options.connectTimeout().toNanos());
        if (plugged) {
            loop.execute(connection::plugChanged);
        }
        return connection;
    }

    /**
     * The device loses its address: its sockets end here, the other ends do not learn of it, and attempts fail until
     * {@link #plug}. Any thread.
     */
    void lose() {
        lost = true;
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
        lost = false;
        plugged = in;
        for (UnpluggableConnection connection : connections) {
            connection.loop.execute(connection::plugChanged);
        }
    }

    @Override
    public void close() {
        cut();
    }

    /** One socket. */
    private final class UnpluggableConnection extends Link {
        // Set once.
        private final EventLoop loop;
        private final TransportOptions options;

        // Any thread.
        private volatile @Nullable Cancellable timeout;

        // Event loop only.
        private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
        private int waitingBytes;
        private boolean wantsReading = true;
        private boolean abandoned;

        UnpluggableConnection(EventLoop loop, TransportOptions options, ConnectionListener listener) {
            super(listener);
            this.loop = loop;
            this.options = options;
        }

        private void done() {
            connections.remove(this);
            waiting.forEach(ByteBuf::release);
            waiting.clear();
        }

        /** Any thread. */
        void drop() {
            Connection open = connectionOrNull();
            if (open != null) {
                open.close(false);
            } else {
                cancel();
            }
        }

        void plugChanged() {
            Connection open = connectionOrNull();
            if (open == null) {
                resume();
                return;
            }
            if (plugged && abandoned) {
                open.close(false);
                return;
            }
            open.setReading(plugged && wantsReading);
            writeWaiting(open);
            if (plugged) {
                listener().writabilityChanged();
            }
        }

        private void writeWaiting(Connection open) {
            while (plugged && !waiting.isEmpty()) {
                ByteBuf next = waiting.remove();
                waitingBytes -= next.readableBytes();
                open.write(next);
            }
        }

        /** An attempt that waited for the network starts. */
        private void resume() {
            Cancellable timer = timeout;
            if (plugged && timer != null && connections.contains(this)) {
                timer.cancel();
                timeout = null;
                started(delegate().open(loop, options, this));
            }
        }

        void lose() {
            if (connectionOrNull() != null) {
                abandon();
                return;
            }
            super.cancel();
            giveUp(NO_ADDRESS);
        }

        private void giveUp(String why) {
            Cancellable timer = timeout;
            if (timer != null) {
                timer.cancel();
            }
            if (connections.contains(this)) {
                ServerAddress server = options.servers().get(0);
                failed(new TransportException(ConnectPhase.CONNECT, FailureReason.TIMEOUT, server, why, null));
            }
        }

        // ---- from the real connection

        @Override
        public void connected(Connection opened) {
            super.connected(opened);
            if (!plugged) {
                plugChanged();
            }
        }

        @Override
        public void failed(TransportException failure) {
            done();
            super.failed(failure);
        }

        @Override
        public void received(ByteBuf bytes) {
            if (plugged && !abandoned) {
                super.received(bytes);
            }
        }

        @Override
        public void readComplete() {
            if (!abandoned) {
                super.readComplete();
            }
        }

        @Override
        public void writabilityChanged() {
            if (!abandoned) {
                super.writabilityChanged();
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            done();
            if (!abandoned) {
                super.closed(cause);
            }
        }

        // ---- from the client

        @Override
        public void write(ByteBuf bytes, boolean more) {
            // Just after it was plugged in, what has waited goes first.
            writeWaiting(connection());
            if (plugged && waiting.isEmpty()) {
                super.write(bytes, more);
            } else {
                waitingBytes += bytes.readableBytes();
                waiting.add(bytes);
            }
        }

        @Override
        public boolean isWritable() {
            return waitingBytes < HIGH_WATER && super.isWritable();
        }

        @Override
        public boolean hasUnwritten() {
            return !waiting.isEmpty() || super.hasUnwritten();
        }

        @Override
        public void setReading(boolean reading) {
            wantsReading = reading;
            super.setReading(plugged && reading);
        }

        @Override
        public void close(boolean flush) {
            if (plugged) {
                super.close(flush);
            } else {
                loop.execute(this::abandon);
            }
        }

        @Override
        public void closeUnanswered() {
            close(true);
        }

        /** The client is done with it, but the broker cannot know: the socket stays open for a while. */
        private void abandon() {
            if (!abandoned && connectionOrNull() != null) {
                abandoned = true;
                loop.schedule(this::drop, LINGER.toNanos());
                listener().closed(null);
            }
        }

        @Override
        public void cancel() {
            if (!plugged && connectionOrNull() != null) {
                loop.execute(() -> {
                    abandoned = true;
                    loop.schedule(this::drop, LINGER.toNanos());
                });
                return;
            }
            Cancellable timer = timeout;
            if (timer != null) {
                timer.cancel();
            }
            super.cancel();
            connections.remove(this);
        }
    }
}
