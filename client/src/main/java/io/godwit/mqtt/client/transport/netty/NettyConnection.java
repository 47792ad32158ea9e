package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a channel and the connection that the engine sees, in one object; for plain TCP it is the only
 * handler. Until it is opened it drops what comes: then the steps of the road have the word.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter implements Connection, Cancellable {

    /** How long what was written may take to leave before the connection is cut. */
    private static final long FLUSH_LIMIT_SECONDS = 5;

    /** How long the peer may take to end its side after ours. */
    private static final long LINGER_MILLIS = 1000;

    /** Set once. */
    private final ConnectAttempt walk;

    private final ServerAddress server;

    /** Loop only; set when the channel is made. */
    private @Nullable ChannelHandlerContext context;

    /** Loop only: set from the opening to the end. */
    private @Nullable ConnectionListener listener;

    private @Nullable Throwable cause;
    private boolean closing;

    NettyConnection(ConnectAttempt walk, ServerAddress server) {
        this.walk = walk;
        this.server = server;
    }

    /** The road is open to its end. Loop only. */
    void open(ConnectionListener listener) {
        this.listener = listener;
        listener.connected(this);
    }

    /** Why the channel ended before it was opened, if it said so. Loop only. */
    @Nullable
    Throwable cause() {
        return cause;
    }

    /** Closes at once and tells nobody. Loop only. */
    @Override
    public void cancel() {
        listener = null;
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
            if (listener != null && !closing && !walk.isCancelled()) {
                listener.received((ByteBuf) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ConnectionListener listener = this.listener;
        if (listener != null && !closing && !walk.isCancelled()) {
            listener.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ConnectionListener listener = this.listener;
        if (listener != null && !closing && !walk.isCancelled()) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ConnectionListener listener = this.listener;
        this.listener = null;
        if (listener != null && !walk.isCancelled()) {
            listener.closed(closing ? null : cause);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (cause == null) {
            // with TLS 1.3 the server's verdict on our certificate comes after the handshake
            cause = listener != null && failure.getCause() instanceof SSLException
                    ? TlsFailures.describe(server, walk.road().tls(), server.authority(), failure)
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
        } else if (more) {
            context.write(bytes, context.voidPromise());
        } else {
            context.writeAndFlush(bytes, context.voidPromise());
        }
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public boolean hasUnwritten() {
        ChannelOutboundBuffer waiting = context().channel().unsafe().outboundBuffer();
        return waiting != null && waiting.totalPendingWriteBytes() > 0;
    }

    @Override
    public void setReading(boolean reading) {
        context().channel().config().setAutoRead(reading);
    }

    @Override
    public void close(boolean flush) {
        if (walk.loop().inLoop()) {
            close0(flush);
            return;
        }
        try {
            walk.loop().execute(() -> close0(flush));
        } catch (RejectedExecutionException e) {
            return; // the loop has ended and closed all it had
        }
    }

    @Override
    public void closeUnanswered() {
        Channel channel = context().channel();
        // this handler is alone: what lies between, such as TLS, may have things to say
        boolean plain = channel.pipeline().firstContext() == context();
        if (plain && !closing && !hasUnwritten()) {
            closing = true;
            channel.unsafe().close(context().voidPromise());
        } else {
            close(true);
        }
    }

    private void close0(boolean flush) {
        Channel channel = context().channel();
        if (!flush) {
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
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> endOutput(channel));
    }

    /**
     * Ends the sending side and lets the peer end its own. To close with bytes unread would reset the connection, and
     * a reset overtakes what the peer has not read yet: a DISCONNECT could be lost and a will published.
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
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound().addListener(said -> ((DuplexChannel) channel).shutdownOutput());
        } else {
            ((DuplexChannel) channel).shutdownOutput();
        }
    }

    private void scheduleClose(long millis) {
        Channel channel = context().channel();
        var timer = channel.eventLoop().schedule(this::closeNow, millis, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    /** Past TLS and all else, straight at the socket, with a reset. */
    private void closeNow() {
        Channel channel = context().channel();
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().close(channel.newPromise());
        }
    }

    @Override
    public String describe() {
        Channel channel = context().channel();
        StringBuilder text = new StringBuilder(server.withoutCredentials().toString());
        if (channel.remoteAddress() != null && server.scheme() != ServerAddress.Scheme.UNIX) {
            text.append(" at ").append(channel.remoteAddress());
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            SSLSession session = tls.engine().getSession();
            text.append(", ").append(session.getProtocol()).append(' ').append(session.getCipherSuite());
            if (tls.applicationProtocol() != null) {
                text.append(", ALPN ").append(tls.applicationProtocol());
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
            throw new IllegalStateException("the link has no channel yet");
        }
        return context;
    }
}
