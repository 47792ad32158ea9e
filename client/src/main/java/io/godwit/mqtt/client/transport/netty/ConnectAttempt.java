package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.HostResolver;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.Times;
import io.godwit.mqtt.client.transport.netty.ServiceRecords.Target;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk along a road: goes through the servers in order, resolves each, lets an {@link AddressRace} find the
 * address that answers, and hands the first open connection to the listener. Keeps whatever must be released when the
 * walk is cancelled.
 */
final class ConnectAttempt implements Attempt {

    private static final Logger LOG = LoggerFactory.getLogger("io.godwit.mqtt.client.transport");

    /** Set once. */
    private final NettyEventLoop loop;

    private final Sockets sockets;
    private final BlockingTasks helpers;
    private final TransportOptions road;
    private final ConnectionListener listener;

    /** Written by any thread, read by all. */
    private volatile boolean cancelled;

    /** Loop only. */
    private List<ServerAddress> servers = List.of();

    private int nextServer;
    private @Nullable List<TransportException> failures;

    /** Goes on to the next SRV target of the same server, if there is one. */
    private @Nullable Runnable moreTargets;

    /** What runs now and how to end it: resolving, a race, at last the connection. */
    private @Nullable Cancellable current;

    ConnectAttempt(
            NettyEventLoop loop,
            Sockets sockets,
            BlockingTasks helpers,
            TransportOptions road,
            ConnectionListener listener) {
        this.loop = loop;
        this.sockets = sockets;
        this.helpers = helpers;
        this.road = road;
        this.listener = listener;
    }

    void start() {
        try {
            loop.execute(this::begin);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the transport is closed", e);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (loop.inLoop()) {
            release();
        } else {
            try {
                loop.execute(this::release);
            } catch (RejectedExecutionException e) {
                return; // the loop has ended and closed all it had
            }
        }
    }

    /** Whether nobody listens any more. Any thread. */
    boolean isCancelled() {
        return cancelled;
    }

    NettyEventLoop loop() {
        return loop;
    }

    Sockets sockets() {
        return sockets;
    }

    BlockingTasks helpers() {
        return helpers;
    }

    TransportOptions road() {
        return road;
    }

    ConnectionListener listener() {
        return listener;
    }

    private void begin() {
        List<ServerAddress> order = road.servers();
        if (road.shuffled() && order.size() > 1) {
            order = new ArrayList<>(order);
            Collections.shuffle(order);
        }
        servers = order;
        tryNextServer();
    }

    private void tryNextServer() {
        if (cancelled) {
            return;
        }
        current = null;
        if (nextServer == servers.size()) {
            fail();
            return;
        }
        ServerAddress server = servers.get(nextServer++);
        if (server.scheme() == Scheme.UNIX) {
            race(new Candidate.Target(server, "", 0, null, null), List.of(sockets.unixAddress(server.path())));
        } else if (server.scheme().isTls()) {
            loadTls(server);
        } else {
            findTargets(server, null);
        }
    }

    private void loadTls(ServerAddress server) {
        Tls tls = road.tls();
        if (tls.isInsecure()) {
            LOG.warn(
                    "TLS with {} is INSECURE as asked for: {}; whoever sits between can read and alter everything",
                    server.authority(),
                    tls.pins().isEmpty() ? "every certificate is taken" : "only the pins are checked");
        } else if (!tls.hostNameChecked()) {
            LOG.warn("TLS with {} does not check the host name, as asked for", server.authority());
        }
        helped(
                helpers.tls(),
                road.handshakeTimeout().toNanos(),
                () -> helpers.tlsContexts().load(tls),
                context -> findTargets(server, context),
                failure -> {
                    boolean timeout = failure instanceof TimeoutException;
                    String why = timeout
                            ? "the key material was not read within " + Times.text(road.handshakeTimeout())
                            : failure.getMessage();
                    serverFailed(new TransportException(
                            ConnectPhase.TLS,
                            timeout ? FailureReason.TIMEOUT : FailureReason.KEYS_UNUSABLE,
                            server,
                            "TLS with " + server.authority() + " cannot begin: " + why,
                            failure));
                });
    }

    /** Where the server is: its SRV records if they are wanted, else host and port of its address. */
    private void findTargets(ServerAddress server, @Nullable SslContext tls) {
        Target itself = new Target(server.host(), server.port());
        if (!road.serviceRecords() || !ServiceRecords.apply(server)) {
            findProxy(server, tls, List.of(itself), 0);
            return;
        }
        helped(
                helpers.names(),
                road.resolveTimeout().toNanos(),
                () -> helpers.serviceRecords().lookUp(server, ThreadLocalRandom.current()),
                targets -> {
                    if (!targets.isEmpty()) {
                        passed(new ConnectProgress.Located(targets.stream()
                                .map(target -> target.host() + ":" + target.port())
                                .toList()));
                    }
                    findProxy(server, tls, targets.isEmpty() ? List.of(itself) : targets, 0);
                },
                failure -> {
                    LOG.debug("no SRV records for {}: {}", server, failure.toString());
                    findProxy(server, tls, List.of(itself), 0);
                });
    }

    private void findProxy(ServerAddress server, @Nullable SslContext tls, List<Target> targets, int next) {
        moreTargets = next + 1 < targets.size() ? () -> findProxy(server, tls, targets, next + 1) : null;
        Target target = targets.get(next);
        if (road.proxy() == null && road.systemProxy()) {
            helped(
                    helpers.names(),
                    road.resolveTimeout().toNanos(),
                    () -> Optional.ofNullable(Proxies.choose(road, server)),
                    proxy -> resolve(
                            new Candidate.Target(server, target.host(), target.port(), proxy.orElse(null), tls)),
                    failure -> serverFailed(new TransportException(
                            ConnectPhase.PROXY,
                            failure instanceof TimeoutException ? FailureReason.TIMEOUT : FailureReason.PROXY_FAILED,
                            server,
                            "the JDK's proxy selector did not answer: " + failure,
                            failure)));
        } else {
            resolve(new Candidate.Target(server, target.host(), target.port(), road.proxy(), tls));
        }
    }

    private void resolve(Candidate.Target target) {
        String host = target.proxy() == null ? target.host() : target.proxy().host();
        int port = target.proxy() == null ? target.port() : target.proxy().port();
        Consumer<Exception> unresolved = failure -> serverFailed(unresolved(target.server(), host, failure));
        if (isSpelledOut(host) && road.resolver() == HostResolver.system()) {
            try {
                resolved(target, host, port, road.resolver().resolve(host));
            } catch (UnknownHostException failure) {
                unresolved.accept(failure);
            }
            return;
        }
        helped(
                helpers.names(),
                road.resolveTimeout().toNanos(),
                () -> road.resolver().resolve(host),
                addresses -> resolved(target, host, port, addresses),
                unresolved);
    }

    /** The JDK reads such a host at once; all others it may have to ask for. */
    private static boolean isSpelledOut(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private void resolved(Candidate.Target target, String host, int port, List<InetAddress> addresses) {
        if (addresses.isEmpty()) {
            serverFailed(unresolved(target.server(), host, null));
        } else {
            passed(new ConnectProgress.Resolved(host, port, List.copyOf(addresses)));
            race(target, withPort(addresses, port));
        }
    }

    /** Runs what may block on a helper thread; it is what goes on now. */
    private <T> void helped(
            Executor executor, long limitNanos, Callable<T> job, Consumer<T> done, Consumer<Exception> failed) {
        current = helpers.run(executor, loop, limitNanos, job, (value, failure) -> {
            if (cancelled) {
                return;
            }
            if (failure != null) {
                failed.accept(failure);
            } else {
                done.accept(Objects.requireNonNull(value));
            }
        });
    }

    private void race(Candidate.Target target, List<SocketAddress> addresses) {
        AddressRace race = new AddressRace(this, target, addresses);
        current = race;
        race.start();
    }

    /** Tells of a point that has been passed. Loop only. */
    void passed(ConnectProgress waypoint) {
        if (!cancelled) {
            listener.passed(waypoint);
        }
    }

    /** A race has found no way. Loop only. */
    void serverFailed(TransportException failure) {
        if (failures == null) {
            failures = new ArrayList<>(servers.size());
        }
        failures.add(failure);
        Runnable more = moreTargets;
        moreTargets = null;
        if (more != null && !cancelled) {
            more.run();
        } else {
            tryNextServer();
        }
    }

    /** A race has a winner, open to its end. Loop only. */
    void connected(NettyConnection link) {
        current = link;
        failures = null;
        servers = List.of();
        moreTargets = null;
        if (!cancelled) {
            link.open(listener);
        }
    }

    private void fail() {
        List<TransportException> all = failures == null ? List.of() : failures;
        TransportException last = all.get(all.size() - 1);
        if (all.size() == 1) {
            listener.failed(last);
            return;
        }
        StringBuilder message =
                new StringBuilder("none of the ").append(all.size()).append(" servers can be reached");
        for (TransportException each : all) {
            message.append("; ").append(each.getMessage());
        }
        TransportException summary =
                new TransportException(last.phase(), last.reason(), last.address(), message.toString(), last);
        for (TransportException each : all) {
            if (each != last) {
                summary.addSuppressed(each);
            }
        }
        listener.failed(summary);
    }

    private void release() {
        Cancellable running = current;
        current = null;
        if (running != null) {
            running.cancel();
        }
    }

    private static List<SocketAddress> withPort(List<InetAddress> addresses, int port) {
        List<SocketAddress> sockets = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            sockets.add(new InetSocketAddress(address, port));
        }
        return sockets;
    }

    private TransportException unresolved(ServerAddress server, String host, @Nullable Exception failure) {
        if (failure instanceof TimeoutException) {
            return new TransportException(
                    ConnectPhase.RESOLVE,
                    FailureReason.TIMEOUT,
                    server,
                    "the name '" + host + "' was not resolved within " + Times.text(road.resolveTimeout())
                            + ": is the name server reachable?",
                    null);
        }
        String reason = failure == null || failure instanceof UnknownHostException ? "" : " (" + failure + ")";
        return new TransportException(
                ConnectPhase.RESOLVE,
                FailureReason.UNKNOWN_HOST,
                server,
                "the name '" + host + "' has no address" + reason + ": is it spelled right, and does this"
                        + " machine's name server know it?",
                failure);
    }
}
