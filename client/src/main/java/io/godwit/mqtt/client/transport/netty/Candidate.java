package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Times;
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
 * One address in the race: its socket, from connecting through proxy, TLS and WebSocket until the road is open to its
 * end. Each step adds its handler once the step before is done. Reports to the race exactly once that it failed or
 * finished, unless it is cancelled. Loop only.
 */
final class Candidate implements Cancellable {

    /** Set once. */
    private final ConnectAttempt walk;

    private final AddressRace race;
    private final Target target;
    private final SocketAddress address;
    private final NettyConnection link;

    /** Loop only. */
    private @Nullable Channel channel;

    private @Nullable ProxyHandler proxyHandler;
    private @Nullable Cancellable timer;
    private ConnectPhase phase = ConnectPhase.CONNECT;
    private boolean over;

    /**
     * What all addresses of a race have in common.
     *
     * @param server as the user wrote it
     * @param port of the server, or of the target of its SRV record
     * @param host of the server, or the target of its SRV record: what a proxy is asked for
     * @param proxy whose addresses the race is about, or {@code null}
     * @param tls what encrypts, or {@code null}
     */
    record Target(
            ServerAddress server,
            String host,
            int port,
            @Nullable ProxyServer proxy,
            @Nullable SslContext tls) {}

    Candidate(ConnectAttempt walk, AddressRace race, Target target, SocketAddress address) {
        this.walk = walk;
        this.race = race;
        this.target = target;
        this.address = address;
        link = new NettyConnection(walk, target.server);
    }

    SocketAddress address() {
        return address;
    }

    void start() {
        TransportOptions road = walk.road();
        Channel channel = walk.sockets().newChannel(address);
        this.channel = channel;
        SocketAddress remote = address;
        if (target.proxy != null) {
            proxyHandler = Proxies.handler(target.proxy, address);
            proxyHandler.setConnectTimeoutMillis(0);
            channel.pipeline().addLast(proxyHandler);
            remote = InetSocketAddress.createUnresolved(target.host, target.port);
        }
        channel.pipeline().addLast(link);
        ChannelFuture registered = walk.loop().netty().register(channel);
        if (registered.cause() != null) {
            failedToConnect(registered.cause());
            return;
        }
        ChannelFuture connecting = road.localAddress() != null && address instanceof InetSocketAddress
                ? channel.connect(remote, new InetSocketAddress(road.localAddress(), 0))
                : channel.connect(remote);
        timer = walk.loop()
                .schedule(
                        () -> failedToConnect(new ConnectTimeoutException()),
                        road.connectTimeout().toNanos());
        connecting.addListener(done -> {
            if (over) {
                return;
            }
            if (done.isSuccess()) {
                reached();
            } else {
                failedToConnect(done.cause());
            }
        });
    }

    private void failedToConnect(@Nullable Throwable cause) {
        TransportException failure = ConnectFailures.describe(target.server, address, walk.road(), cause);
        if (target.proxy != null) {
            failure = new TransportException(
                    ConnectPhase.PROXY,
                    failure.reason(),
                    target.server,
                    "the proxy " + target.proxy + " cannot be reached: " + failure.getMessage(),
                    cause);
        }
        fail(failure);
    }

    private void reached() {
        stopTimer();
        race.reached(this);
        walk.passed(new ConnectProgress.Reached(address));
        if (proxyHandler == null
                && target.tls == null
                && !target.server.scheme().isWebSocket()) {
            finish();
            return;
        }
        timer = walk.loop()
                .schedule(this::handshakeTooLong, walk.road().handshakeTimeout().toNanos());
        if (proxyHandler != null) {
            askProxy(proxyHandler, Objects.requireNonNull(target.proxy));
        } else {
            encrypt();
        }
    }

    private void askProxy(ProxyHandler handler, ProxyServer proxy) {
        phase = ConnectPhase.PROXY;
        handler.connectFuture().addListener(done -> {
            if (over) {
                return;
            }
            if (done.isSuccess()) {
                channel().pipeline().remove(handler);
                walk.passed(new ConnectProgress.ProxyPassed(proxy));
                encrypt();
            } else {
                fail(failure(
                        FailureReason.PROXY_FAILED, Proxies.failure(proxy, target.server, done.cause()), done.cause()));
            }
        });
    }

    private void encrypt() {
        if (target.tls == null) {
            upgrade();
            return;
        }
        phase = ConnectPhase.TLS;
        String name = walk.road().tls().serverName();
        SslHandler handler = target.tls.newHandler(
                channel().alloc(),
                name != null ? name : target.server.host(),
                target.server.port(),
                walk.helpers().tls());
        handler.setHandshakeTimeoutMillis(0);
        handler.handshakeFuture().addListener(done -> {
            if (over) {
                return;
            }
            if (done.isSuccess()) {
                walk.passed(
                        new ConnectProgress.Encrypted(handler.engine().getSession(), handler.applicationProtocol()));
                upgrade();
            } else {
                fail(TlsFailures.describe(target.server, walk.road().tls(), where(), done.cause()));
            }
        });
        channel().pipeline().addBefore(channel().pipeline().context(link).name(), null, handler);
    }

    private void upgrade() {
        if (!target.server.scheme().isWebSocket()) {
            finish();
            return;
        }
        phase = ConnectPhase.WEBSOCKET;
        WebSocketUpgrade upgrade = new WebSocketUpgrade(target.server, walk.road(), refusal -> {
            if (over) {
                return;
            }
            if (refusal == null) {
                walk.passed(new ConnectProgress.Upgraded());
                finish();
            } else {
                fail(failure(
                        FailureReason.WEBSOCKET_REJECTED,
                        "WebSocket with " + where() + " failed: " + refusal,
                        link.cause()));
            }
        });
        channel().pipeline().addBefore(channel().pipeline().context(link).name(), null, upgrade);
    }

    private void finish() {
        over = true;
        stopTimer();
        race.finished(link);
    }

    private void handshakeTooLong() {
        String limit = Times.text(walk.road().handshakeTimeout());
        String message = switch (phase) {
            case PROXY ->
                "the proxy " + target.proxy + " was silent for " + limit + "; does it speak "
                        + Objects.requireNonNull(target.proxy).kind() + "?";
            case TLS -> "TLS with " + where() + " was not agreed on within " + limit + "; is this a TLS port?";
            default ->
                "the WebSocket upgrade with " + where() + " was not answered within " + limit
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
            race.failed(this, failure);
        }
    }

    @Override
    public void cancel() {
        over = true;
        stopTimer();
        if (channel != null) {
            channel.unsafe().close(channel.newPromise());
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
