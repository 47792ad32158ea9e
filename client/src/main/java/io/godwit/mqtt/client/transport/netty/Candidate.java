package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketRequest;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Times;
import io.godwit.mqtt.client.transport.tls.TlsContexts;
import io.godwit.mqtt.client.transport.tls.TlsFailures;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One address in the race: its socket, from connecting through proxy, TLS and WebSocket. Each phase adds its handler once the
 * phase before is complete. Notifies its observer exactly once that it failed or opened, unless it is cancelled. Loop only.
 */
final class Candidate implements Cancellable {

    /** Is notified of the progress of a candidate. Loop only. */
    interface Observer {

        /** The address has accepted the connection; proxy, TLS and WebSocket may follow. */
        void reached(Candidate candidate);

        /** All phases are complete. */
        void opened(NettyConnection connection);

        /** The candidate has failed and holds no resources. */
        void failed(Candidate candidate, TransportException failure);
    }

    /**
     * What all addresses of a race have in common.
     *
     * @param server as the user wrote it
     * @param host of the server, or the target of its SRV record: what a proxy connects to
     * @param port of the server, or of the target of its SRV record
     * @param proxy whose addresses the race is about, or {@code null}
     * @param tls the TLS context, or {@code null}
     * @param webSocket the request for the upgrade, or {@code null}
     */
    record Target(
            ServerAddress server,
            String host,
            int port,
            @Nullable ProxyServer proxy,
            @Nullable SslContext tls,
            @Nullable WebSocketRequest webSocket) {

        Target at(String targetHost, int targetPort) {
            return new Target(server, targetHost, targetPort, proxy, tls, webSocket);
        }

        Target through(@Nullable ProxyServer through) {
            return new Target(server, host, port, through, tls, webSocket);
        }
    }

    /** Set once. */
    private final AttemptContext context;

    private final Observer observer;
    private final Target target;
    private final SocketAddress address;
    private final NettyConnection connection;

    /** Event loop only. */
    private @Nullable Channel channel;

    private @Nullable ProxyHandler proxyHandler;
    private @Nullable Cancellable timer;
    private ConnectPhase phase = ConnectPhase.CONNECT;
    private boolean over;

    Candidate(AttemptContext context, Target target, SocketAddress address, Observer observer) {
        this.context = context;
        this.target = target;
        this.address = address;
        this.observer = observer;
        connection = new NettyConnection(target.server, context.options().tls(), context.loop(), context.sockets());
    }

    SocketAddress address() {
        return address;
    }

    void start() {
        try {
            connect();
        } catch (Throwable e) {
            // no file handle or no memory for a socket: this attempt has failed, and the next one may succeed
            failedToConnect(e);
        }
    }

    private void connect() {
        TransportOptions options = context.options();
        Channel channel = context.sockets().newChannel(address);
        this.channel = channel;
        SocketAddress remote = address;
        if (target.proxy != null) {
            proxyHandler = Proxies.handler(target.proxy, address);
            proxyHandler.setConnectTimeoutMillis(0);
            channel.pipeline().addLast(proxyHandler);
            remote = InetSocketAddress.createUnresolved(target.host, target.port);
        }
        channel.pipeline().addLast(connection);
        ChannelFuture registered = context.loop().netty().register(channel);
        if (registered.cause() != null) {
            failedToConnect(registered.cause());
            return;
        }
        context.loop().opened(channel);
        ChannelFuture connecting;
        if (options.localAddress() != null && address instanceof InetSocketAddress) {
            context.sockets().choosePortLate(channel);
            connecting = channel.connect(remote, new InetSocketAddress(options.localAddress(), 0));
        } else {
            connecting = channel.connect(remote);
        }
        timer = context.loop()
                .schedule(
                        () -> failedToConnect(new ConnectTimeoutException()),
                        options.connectTimeout().toNanos());
        connecting.addListener(done -> next(() -> {
            if (done.isSuccess()) {
                reached();
            } else {
                failedToConnect(done.cause());
            }
        }));
    }

    /** Runs the next phase; whatever it throws fails this candidate. */
    private void next(Runnable work) {
        if (over) {
            return;
        }
        try {
            work.run();
        } catch (Throwable e) {
            failUnexpectedly(e);
        }
    }

    private void failUnexpectedly(Throwable failure) {
        try {
            fail(failure(FailureReason.OTHER, where() + ": " + failure, failure));
        } catch (OutOfMemoryError halfDone) {
            context.loop().fail();
        }
    }

    private void failedToConnect(@Nullable Throwable cause) {
        TransportException failure = ConnectFailures.describe(target.server, address, context.options(), cause);
        if (target.proxy != null) {
            failure = new TransportException(
                    ConnectPhase.PROXY,
                    failure.reason(),
                    target.server,
                    "cannot reach the proxy " + target.proxy + ": " + failure.getMessage(),
                    cause);
        }
        fail(failure);
    }

    private void reached() {
        stopTimer();
        observer.reached(this);
        context.progress().accept(new ConnectProgress.Reached(address));
        if (proxyHandler == null && target.tls == null && target.webSocket == null) {
            expectPlainAnswer();
            finish();
            return;
        }
        timer = context.loop()
                .schedule(
                        this::handshakeTimedOut,
                        context.options().handshakeTimeout().toNanos());
        if (proxyHandler != null) {
            connectThroughProxy(proxyHandler, Objects.requireNonNull(target.proxy));
        } else {
            encrypt();
        }
    }

    private void connectThroughProxy(ProxyHandler handler, ProxyServer proxy) {
        phase = ConnectPhase.PROXY;
        handler.connectFuture()
                .addListener(done -> next(() -> {
                    if (done.isSuccess()) {
                        channel().pipeline().remove(handler);
                        context.progress().accept(new ConnectProgress.ProxyPassed(proxy));
                        encrypt();
                    } else {
                        fail(failure(
                                FailureReason.PROXY_FAILED,
                                Proxies.failure(proxy, target.server, done.cause()),
                                done.cause()));
                    }
                }));
    }

    private void encrypt() {
        if (target.tls == null) {
            expectPlainAnswer();
            upgrade();
            return;
        }
        phase = ConnectPhase.TLS;
        SslHandler handler = TlsContexts.handler(
                target.tls,
                context.options().tls(),
                channel().alloc(),
                target.server,
                context.blockingTasks().tls());
        handler.handshakeFuture()
                .addListener(done -> next(() -> {
                    if (done.isSuccess()) {
                        context.progress()
                                .accept(new ConnectProgress.Encrypted(
                                        handler.engine().getSession(), handler.applicationProtocol()));
                        upgrade();
                    } else {
                        fail(TlsFailures.describe(
                                target.server, context.options().tls(), where(), done.cause()));
                    }
                }));
        addHandler(handler);
    }

    private void expectPlainAnswer() {
        if (address instanceof InetSocketAddress) {
            addHandler(new TlsAlertDetector(target.server));
        }
    }

    private void upgrade() {
        if (target.webSocket == null) {
            finish();
            return;
        }
        phase = ConnectPhase.WEBSOCKET;
        WebSocketUpgrade upgrade = new WebSocketUpgrade(
                target.server,
                context.options().webSocket(),
                target.webSocket,
                refusal -> next(() -> {
                    if (refusal == null) {
                        context.progress().accept(new ConnectProgress.Upgraded());
                        finish();
                    } else {
                        fail(failure(
                                FailureReason.WEBSOCKET_REJECTED,
                                "WebSocket with " + where() + " failed: " + refusal,
                                connection.cause()));
                    }
                }));
        addHandler(upgrade);
    }

    private void addHandler(io.netty.channel.ChannelHandler handler) {
        channel().pipeline().addBefore(channel().pipeline().context(connection).name(), null, handler);
    }

    private void finish() {
        over = true;
        stopTimer();
        observer.opened(connection);
    }

    private void handshakeTimedOut() {
        String limit = Times.text(context.options().handshakeTimeout());
        String message = switch (phase) {
            case PROXY ->
                "timed out after " + limit + " waiting for the proxy " + target.proxy + "; is it a "
                        + Objects.requireNonNull(target.proxy).kind() + " proxy?";
            case TLS -> "timed out after " + limit + " in the TLS handshake with " + where() + "; is this a TLS port?";
            default ->
                "timed out after " + limit + " waiting for the WebSocket upgrade from " + where()
                        + "; is this its WebSocket port?";
        };
        fail(failure(FailureReason.TIMEOUT, message, null));
    }

    private TransportException failure(FailureReason reason, String message, @Nullable Throwable cause) {
        return new TransportException(phase, reason, target.server, message, cause);
    }

    private String where() {
        return target.proxy != null
                ? target.server.authority() + " (through " + target.proxy + ")"
                : ConnectFailures.where(target.server, address);
    }

    private void fail(TransportException failure) {
        if (!over) {
            cancel();
            observer.failed(this, failure);
        }
    }

    @Override
    public void cancel() {
        over = true;
        stopTimer();
        if (channel != null) {
            SingleLoop.close(channel);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private Channel channel() {
        return Objects.requireNonNull(channel);
    }
}
