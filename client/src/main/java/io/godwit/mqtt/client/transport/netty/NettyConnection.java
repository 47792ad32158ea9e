package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.LoopEndedException;
import io.godwit.mqtt.client.transport.tls.TlsFailures;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a channel and the connection that the engine sees, in one object; for plain TCP it is the only handler.
 * Until it is opened it drops what it receives: the handlers before it are still at work.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter implements Connection, Cancellable, LoopUser {

    /** How long writing the rest may take before the connection is closed forcibly. */
    private static final long FLUSH_LIMIT_SECONDS = 5;

    /** How long the peer may take to close its side after ours. */
    private static final long LINGER_MILLIS = 1000;

    /** The speed of a link is judged after this many bytes: most connections are idle, and have none. */
    private static final int FIRST_BYTES = 64 * 1024;

    /** Set once. */
    private final ServerAddress server;

    private final Tls tls;
    private final NettyEventLoop loop;
    private final Sockets sockets;

    /** Any thread: the listener hears nothing more. */
    private volatile boolean muted;

    /** Event loop only; set when the channel is created. */
    private @Nullable ChannelHandlerContext context;

    /** Event loop only; set from opening to closing. */
    private @Nullable ConnectionListener listener;

    private @Nullable Throwable cause;
    private boolean closing;
    private boolean loopEnded;

    /** Whether everything was written before this side closed the connection, or nothing had to be. */
    private boolean flushed;

    /** Event loop only: how many bytes were given to it, and its speed once they are {@link #FIRST_BYTES}. */
    private int firstBytes;

    private @Nullable LinkSpeed speed;

    NettyConnection(ServerAddress server, Tls tls, NettyEventLoop loop, Sockets sockets) {
        this.server = server;
        this.tls = tls;
        this.loop = loop;
        this.sockets = sockets;
    }

    /** All phases are complete, and the loop {@linkplain NettyEventLoop#began remembers} the connection. Loop only. */
    void open(ConnectionListener listener) {
        this.listener = listener;
        try {
            listener.connected(this);
        } catch (Throwable e) {
            exceptionCaught(context(), e);
        }
    }

    /** Why the channel ended before it was opened, if known. Loop only. */
    @Nullable
    Throwable cause() {
        return cause;
    }

    /** The listener is not called any more, after the calls that have begun. Any thread. */
    void mute() {
        muted = true;
    }

    /** Closes at once without notifying the listener. Loop only. */
    @Override
    public void cancel() {
        loop.ended(this);
        listener = null;
        closing = true;
        closeNow();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            ConnectionListener listener = this.listener;
            if (listener != null && !closing && !muted) {
                listener.received((ByteBuf) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ConnectionListener listener = this.listener;
        if (listener != null && !closing && !muted) {
            listener.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ConnectionListener listener = this.listener;
        if (listener != null && !closing && !muted) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (loopEnded) {
            return; // the listener is to be told yet
        }
        ConnectionListener listener = this.listener;
        this.listener = null;
        loop.ended(this);
        if (listener != null && !muted) {
            try {
                listener.closed(closing && flushed ? null : cause != null ? cause : closing ? unsent() : null);
            } catch (OutOfMemoryError halfDone) {
                loop.fail();
            }
        }
    }

    @Override
    public void loopEnds() {
        loopEnded = true;
        closing = true;
        closeNow();
    }

    @Override
    public void tellLoopEnded(LoopEndedException cause) {
        loopEnds();
        ConnectionListener listener = this.listener;
        if (listener != null && !muted) {
            listener.closed(cause);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (cause == null) {
            // with TLS 1.3 the server rejects our certificate only after the handshake
            cause = listener != null && failure.getCause() instanceof SSLException
                    ? TlsFailures.describe(server, tls, server.authority(), failure)
                    : failure;
        }
        if (listener != null) {
            closeNow();
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        write(bytes, false);
    }

    @Override
    public void write(ByteBuf bytes, boolean more) {
        ChannelHandlerContext context = context();
        if (closing) {
            bytes.release();
            return;
        }
        if (isNowFast(bytes.readableBytes())) {
            sockets.setFast(context.channel(), true);
        }
        if (more) {
            context.write(bytes, context.voidPromise());
        } else {
            context.writeAndFlush(bytes, context.voidPromise());
        }
    }

    /** Whether these bytes show that the link is fast. */
    private boolean isNowFast(int bytes) {
        LinkSpeed measured = speed;
        if (measured != null) {
            return measured.isNowFast(bytes, loop);
        }
        firstBytes += bytes;
        if (firstBytes >= FIRST_BYTES) {
            speed = new LinkSpeed();
        }
        return false;
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public boolean isFast() {
        return speed != null && speed.isFast();
    }

    @Override
    public long writeProgress() {
        ChannelOutboundBuffer waiting = context().channel().unsafe().outboundBuffer();
        if (waiting == null || waiting.totalPendingWriteBytes() == 0) {
            if (speed != null) {
                speed.idle();
            }
            return -1;
        }
        if (speed != null && speed.isNowThin(waiting.totalPendingWriteBytes() - waiting.currentProgress(), loop)) {
            sockets.setFast(context().channel(), false);
        }
        // which buffer is being written, and how much of it is
        return (long) System.identityHashCode(waiting.current()) << 31 ^ waiting.currentProgress();
    }

    @Override
    public boolean hasUnwritten() {
        ChannelOutboundBuffer waiting = context().channel().unsafe().outboundBuffer();
        boolean unwritten = waiting != null && waiting.totalPendingWriteBytes() > 0;
        if (!unwritten && speed != null) {
            speed.idle();
        }
        return unwritten;
    }

    @Override
    public void setReading(boolean reading) {
        Channel channel = context().channel();
        if (channel.isOpen()) {
            channel.config().setAutoRead(reading);
        }
    }

    @Override
    public void close(boolean flush) {
        if (loop.inLoop()) {
            close0(flush);
            return;
        }
        try {
            loop.execute(() -> close0(flush));
        } catch (RejectedExecutionException e) {
            return; // the loop has ended and closed all its channels
        }
    }

    @Override
    public void closeUnanswered() {
        Channel channel = context().channel();
        // only without other handlers: TLS or WebSocket may have packets of their own to send
        boolean plain = channel.pipeline().firstContext() == context();
        if (plain && !closing && !hasUnwritten()) {
            closing = true;
            flushed = true;
            channel.unsafe().close(context().voidPromise());
        } else {
            close(true);
        }
    }

    private void close0(boolean flush) {
        Channel channel = context().channel();
        if (!flush) {
            flushed |= !closing; // nobody asked for what is unsent, unless an earlier call did
            closing = true;
            closeNow();
            return;
        }
        if (closing || !channel.isActive()) {
            return;
        }
        closing = true;
        setReading(true);
        scheduleClose(FLUSH_LIMIT_SECONDS * 1000);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            flushed = written.isSuccess();
            endOutput(channel);
        });
    }

    private static IOException unsent() {
        return new IOException("the connection ended before everything was sent");
    }

    /**
     * Closes the sending side and lets the peer close its own. Closing with unread bytes would reset the connection, and a reset
     * discards what the peer has not read yet: a DISCONNECT could be lost and a will published.
     */
    private void endOutput(Channel channel) {
        if (!channel.isActive()) {
            return;
        }
        scheduleClose(LINGER_MILLIS);
        ChannelHandlerContext frames = channel.pipeline().context(WebSocketFrames.class);
        if (frames != null) {
            ((WebSocketFrames) frames.handler()).sendClose(frames, 1000);
        }
        SslHandler encryption = channel.pipeline().get(SslHandler.class);
        if (encryption != null) {
            encryption.closeOutbound().addListener(sent -> ((DuplexChannel) channel).shutdownOutput());
        } else {
            ((DuplexChannel) channel).shutdownOutput();
        }
    }

    private void scheduleClose(long millis) {
        Channel channel = context().channel();
        var timer = channel.eventLoop().schedule(this::closeNow, millis, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    /** Closes the socket itself with a reset, bypassing TLS and all other handlers. */
    private void closeNow() {
        Channel channel = context().channel();
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            SingleLoop.close(channel);
        }
    }

    @Override
    public String describe() {
        Channel channel = context().channel();
        StringBuilder text = new StringBuilder(server.withoutCredentials().toString());
        if (channel.remoteAddress() != null && server.scheme() != ServerAddress.Scheme.UNIX) {
            text.append(" at ").append(channel.remoteAddress());
        }
        SslHandler encryption = channel.pipeline().get(SslHandler.class);
        if (encryption != null) {
            SSLSession session = encryption.engine().getSession();
            text.append(", ").append(session.getProtocol()).append(' ').append(session.getCipherSuite());
            if (encryption.applicationProtocol() != null) {
                text.append(", ALPN ").append(encryption.applicationProtocol());
            }
        }
        return text.toString();
    }

    @Override
    public ServerAddress address() {
        return server;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = this.context;
        if (context == null) {
            throw new IllegalStateException("the connection has no channel yet");
        }
        return context;
    }
}
