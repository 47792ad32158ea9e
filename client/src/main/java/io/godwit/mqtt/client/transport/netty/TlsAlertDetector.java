package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Looks at the first bytes that a server sends on an unencrypted connection: a TLS alert means that this is a TLS port. Removes
 * itself after that. Loop only.
 */
final class TlsAlertDetector extends ChannelInboundHandlerAdapter {

    private static final int ALERT = 0x15;
    private static final int TLS_MAJOR = 3;

    /** Set once. */
    private final ServerAddress server;

    TlsAlertDetector(ServerAddress server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int start = bytes.readerIndex();
        // 0x15 begins neither a packet that a server may send nor an HTTP response
        boolean alert = bytes.isReadable()
                && bytes.getByte(start) == ALERT
                && (bytes.readableBytes() < 2 || bytes.getByte(start + 1) == TLS_MAJOR);
        if (alert) {
            bytes.release();
            context.fireExceptionCaught(new TransportException(
                    ConnectPhase.CONNECT,
                    FailureReason.OTHER,
                    server,
                    server.authority() + " answered with a TLS alert: this port expects TLS; use "
                            + (server.scheme().isWebSocket() ? "wss://" : "mqtts://"),
                    null));
            context.close();
            return;
        }
        context.pipeline().remove(this);
        context.fireChannelRead(bytes);
    }
}
