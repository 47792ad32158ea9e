package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decorates a transport. Everything is forwarded; a subclass overrides {@link #decorate} and, in the {@link Link} that this
 * returns, the calls that it wants to see or change.
 */
public abstract class ForwardingTransport implements Transport {

    /** Set once. */
    private final Transport delegate;

    protected ForwardingTransport(Transport delegate) {
        this.delegate = delegate;
    }

    protected Transport delegate() {
        return delegate;
    }

    /** The decorator of one attempt and its connection. */
    protected abstract Link decorate(EventLoop loop, TransportOptions options, ConnectionListener listener);

    @Override
    public EventLoop nextLoop() {
        return delegate.nextLoop();
    }

    @Override
    public Cancellable retain() {
        return delegate.retain();
    }

    @Override
    public void awaitEnd(long nanos) {
        delegate.awaitEnd(nanos);
    }

    @Override
    public void check(TransportOptions options) {
        delegate.check(options);
    }

    @Override
    public Attempt open(EventLoop loop, TransportOptions options, ConnectionListener listener) {
        Link link = decorate(loop, options, listener);
        link.started(delegate.open(loop, options, link));
        return link;
    }

    @Override
    public Cancellable holdJvm() {
        return delegate.holdJvm();
    }

    @Override
    public void close() {
        delegate.close();
    }

    /**
     * One attempt and its connection, in both directions: the listener of the real connection, and the connection that the
     * client sees.
     */
    public static class Link implements Attempt, Connection, ConnectionListener {

        /** Set once. */
        private final ConnectionListener listener;

        /** Any thread. */
        private volatile @Nullable Attempt attempt;

        private volatile @Nullable Connection connection;

        protected Link(ConnectionListener listener) {
            this.listener = listener;
        }

        /** The real attempt has started. Any thread. */
        protected final void started(Attempt real) {
            attempt = real;
        }

        /** The client's listener. */
        protected final ConnectionListener listener() {
            return listener;
        }

        /** The real connection; {@code null} before it is open. Any thread. */
        protected final @Nullable Connection connectionOrNull() {
            return connection;
        }

        /** The real connection. Any thread. */
        protected final Connection connection() {
            Connection open = connection;
            if (open == null) {
                throw new IllegalStateException("not connected yet");
            }
            return open;
        }

        // ---- from the real connection: event loop only

        @Override
        public void detail(String text, Throwable failure) {
            listener.detail(text, failure);
        }

        @Override
        public void progress(ConnectProgress progress) {
            listener.progress(progress);
        }

        /** Must be called by an overriding method, which then is the client's connection. */
        @Override
        public void connected(Connection opened) {
            connection = opened;
            listener.connected(this);
        }

        @Override
        public void failed(TransportException failure) {
            listener.failed(failure);
        }

        @Override
        public void received(ByteBuf bytes) {
            listener.received(bytes);
        }

        @Override
        public void readComplete() {
            listener.readComplete();
        }

        @Override
        public void writabilityChanged() {
            listener.writabilityChanged();
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            listener.closed(cause);
        }

        // ---- from the client

        @Override
        public final void write(ByteBuf bytes) {
            write(bytes, false);
        }

        @Override
        public void write(ByteBuf bytes, boolean more) {
            connection().write(bytes, more);
        }

        @Override
        public boolean isWritable() {
            return connection().isWritable();
        }

        @Override
        public boolean isFast() {
            return connection().isFast();
        }

        @Override
        public boolean hasUnwritten() {
            return connection().hasUnwritten();
        }

        @Override
        public long writeProgress() {
            return connection().writeProgress();
        }

        @Override
        public void setReading(boolean reading) {
            connection().setReading(reading);
        }

        @Override
        public void close(boolean flush) {
            connection().close(flush);
        }

        @Override
        public void closeUnanswered() {
            connection().closeUnanswered();
        }

        @Override
        public String describe() {
            return connection().describe();
        }

        @Override
        public ServerAddress address() {
            return connection().address();
        }

        @Override
        public void cancel() {
            Attempt started = attempt;
            if (started != null) {
                started.cancel();
            }
        }
    }
}
