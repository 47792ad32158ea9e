package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.HostResolver;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketRequest;
import io.godwit.mqtt.client.net.WebSocketRequestSupplier;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.LoopEndedException;
import io.godwit.mqtt.client.transport.Times;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect: goes through the servers in order, resolves each, lets an {@link AddressRace} find the address that
 * answers, and passes the first open connection to the listener. Holds whatever must be released if the attempt is cancelled;
 * the open connection needs nothing of it. Whatever a phase throws, an {@link Error} too, fails the server that was being tried.
 */
final class ConnectAttempt implements Attempt, AddressRace.Outcome, LoopUser {

    private static final WebSocketRequest UNCHANGED = new WebSocketRequest(null, Map.of());

    /** Set once. */
    private final AttemptContext context;

    private final NettyEventLoop loop;
    private final BlockingTasks blockingTasks;
    private final TransportOptions options;
    private final ConnectionListener listener;

    /** Any thread. */
    private volatile boolean cancelled;

    private volatile @Nullable NettyConnection opened;

    /** Event loop only. */
    private boolean loopEnded;

    private List<ServerAddress> servers = List.of();

    private int nextServer;
    private final List<TransportException> failures = new ArrayList<>(1);

    /** Continues with the next SRV target of the same server, if there is one. */
    private @Nullable Runnable moreTargets;

    /** What is running and how to end it: a lookup, a race. */
    private @Nullable Cancellable current;

    ConnectAttempt(
            NettyEventLoop loop,
            Sockets sockets,
            BlockingTasks blockingTasks,
            TransportOptions options,
            ConnectionListener listener) {
        this.loop = loop;
        this.blockingTasks = blockingTasks;
        this.options = options;
        this.listener = listener;
        context = new AttemptContext(loop, sockets, blockingTasks, options, this::progress);
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
        NettyConnection connection = opened;
        if (connection != null) {
            connection.mute();
        }
        if (loop.inLoop()) {
            end();
        } else {
            try {
                loop.execute(this::end);
            } catch (RejectedExecutionException e) {
                return; // the loop has ended and closed all its channels
            }
        }
    }

    private void begin() {
        if (cancelled) {
            return; // it has ended before it began
        }
        loop.began(this);
        List<ServerAddress> order = options.servers();
        if (options.shuffled() && order.size() > 1) {
            order = new ArrayList<>(order);
            Collections.shuffle(order);
        }
        servers = order;
        tryNextServer();
    }

    private void tryNextServer() {
        if (cancelled || loopEnded) {
            return;
        }
        current = null;
        if (nextServer == servers.size()) {
            fail();
            return;
        }
        ServerAddress server = servers.get(nextServer++);
        guarded(server, ConnectPhase.CONNECT, () -> tryServer(server));
    }

    private void tryServer(ServerAddress server) {
        Candidate.Target target =
                new Candidate.Target(server, server.host(), server.port(), options.proxy(), null, null);
        if (server.scheme() == Scheme.UNIX) {
            race(target.through(null), List.of(context.sockets().unixAddress(server.path())));
        } else if (server.scheme().isTls()) {
            loadTls(target);
        } else {
            prepareUpgrade(target);
        }
    }

    /** Whatever the phase throws fails the server. */
    private void guarded(ServerAddress server, ConnectPhase phase, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            listener.detail("unexpected failure while connecting to " + server.authority(), e);
            failed(new TransportException(
                    phase, FailureReason.OTHER, server, "cannot reach " + server.authority() + ": " + e, e));
        }
    }

    private void loadTls(Candidate.Target target) {
        Tls tls = options.tls();
        ServerAddress server = target.server();
        run(
                server,
                ConnectPhase.TLS,
                blockingTasks.tls(),
                options.handshakeTimeout().toNanos(),
                () -> blockingTasks.tlsContexts().load(tls),
                context -> prepareUpgrade(
                        new Candidate.Target(server, target.host(), target.port(), target.proxy(), context, null)),
                failure -> {
                    boolean timeout = failure instanceof TimeoutException;
                    String why = timeout
                            ? "timed out after " + Times.text(options.handshakeTimeout()) + " reading the key material"
                            : failure.getMessage();
                    failed(new TransportException(
                            ConnectPhase.TLS,
                            timeout ? FailureReason.TIMEOUT : FailureReason.KEYS_UNUSABLE,
                            server,
                            "cannot start TLS with " + server.authority() + ": " + why,
                            failure));
                });
    }

    /** Asks the application for path, query and headers, if it supplies them. */
    private void prepareUpgrade(Candidate.Target target) {
        ServerAddress server = target.server();
        if (!server.scheme().isWebSocket()) {
            findTargets(target);
            return;
        }
        WebSocketRequestSupplier supplier = options.webSocket().requests();
        if (supplier == null) {
            findTargets(withRequest(target, UNCHANGED));
            return;
        }
        run(
                server,
                ConnectPhase.WEBSOCKET,
                blockingTasks.suppliers(),
                options.handshakeTimeout().toNanos(),
                () -> Objects.requireNonNull(
                        supplier.request(server.withoutCredentials()), "the supplier returned null"),
                request -> findTargets(withRequest(target, request)),
                failure -> {
                    boolean timeout = failure instanceof TimeoutException;
                    failed(new TransportException(
                            ConnectPhase.WEBSOCKET,
                            timeout ? FailureReason.TIMEOUT : FailureReason.CREDENTIALS_UNAVAILABLE,
                            server,
                            timeout
                                    ? "timed out after " + Times.text(options.handshakeTimeout())
                                            + " waiting for the supplier of the WebSocket request"
                                    : "the supplier of the WebSocket request failed: " + failure,
                            failure));
                });
    }

    private static Candidate.Target withRequest(Candidate.Target target, WebSocketRequest request) {
        return new Candidate.Target(
                target.server(), target.host(), target.port(), target.proxy(), target.tls(), request);
    }

    /** Finds the hosts of the server: its SRV records if enabled, else host and port of its address. */
    private void findTargets(Candidate.Target target) {
        ServerAddress server = target.server();
        if (!options.serviceRecords() || !ServiceRecords.apply(server)) {
            findProxy(List.of(target), 0);
            return;
        }
        run(
                server,
                ConnectPhase.RESOLVE,
                blockingTasks.names(),
                options.resolveTimeout().toNanos(),
                () -> blockingTasks.serviceRecords().lookUp(server, ThreadLocalRandom.current()),
                records -> {
                    if (records.isEmpty()) {
                        findProxy(List.of(target), 0);
                        return;
                    }
                    progress(new ConnectProgress.Located(records.stream()
                            .map(each -> each.host() + ":" + each.port())
                            .toList()));
                    findProxy(
                            records.stream()
                                    .map(each -> target.at(each.host(), each.port()))
                                    .toList(),
                            0);
                },
                failure -> {
                    listener.detail("no SRV records for " + server.authority(), failure);
                    findProxy(List.of(target), 0);
                });
    }

    private void findProxy(List<Candidate.Target> targets, int next) {
        Candidate.Target target = targets.get(next);
        ServerAddress server = target.server();
        moreTargets = next + 1 < targets.size()
                ? () -> guarded(server, ConnectPhase.CONNECT, () -> findProxy(targets, next + 1))
                : null;
        if (!options.systemProxy()) {
            resolve(target);
            return;
        }
        run(
                server,
                ConnectPhase.PROXY,
                blockingTasks.names(),
                options.resolveTimeout().toNanos(),
                () -> Optional.ofNullable(Proxies.choose(server)),
                proxy -> resolve(target.through(proxy.orElse(null))),
                failure -> failed(new TransportException(
                        ConnectPhase.PROXY,
                        failure instanceof TimeoutException ? FailureReason.TIMEOUT : FailureReason.PROXY_FAILED,
                        server,
                        "the JDK's proxy selector failed: " + failure,
                        failure)));
    }

    private void resolve(Candidate.Target target) {
        String host = target.proxy() == null ? target.host() : target.proxy().host();
        int port = target.proxy() == null ? target.port() : target.proxy().port();
        Consumer<Throwable> unresolved = failure -> failed(unresolved(target.server(), host, failure));
        if (isLiteral(host) && options.resolver() == HostResolver.SYSTEM) {
            try {
                resolved(target, host, port, options.resolver().resolve(host));
            } catch (UnknownHostException failure) {
                unresolved.accept(failure);
            }
            return;
        }
        run(
                target.server(),
                ConnectPhase.RESOLVE,
                blockingTasks.names(),
                options.resolveTimeout().toNanos(),
                () -> options.resolver().resolve(host),
                addresses -> resolved(target, host, port, addresses),
                unresolved);
    }

    /** The JDK parses such a host without a lookup that could block. */
    private static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private void resolved(Candidate.Target target, String host, int port, List<InetAddress> addresses) {
        if (addresses.isEmpty()) {
            failed(unresolved(target.server(), host, null));
        } else {
            progress(new ConnectProgress.Resolved(host, port, List.copyOf(addresses)));
            race(target, withPort(addresses, port));
        }
    }

    /** Runs what may block on another thread, as the current step. */
    private <T> void run(
            ServerAddress server,
            ConnectPhase phase,
            Executor executor,
            long limitNanos,
            Callable<T> job,
            Consumer<T> done,
            Consumer<Throwable> failed) {
        current = blockingTasks.run(executor, loop, limitNanos, job, (value, failure) -> {
            if (cancelled || loopEnded) {
                return;
            }
            if (failure != null) {
                failed.accept(failure);
            } else {
                guarded(server, phase, () -> done.accept(Objects.requireNonNull(value)));
            }
        });
    }

    private void race(Candidate.Target target, List<SocketAddress> addresses) {
        AddressRace race = new AddressRace(context, target, addresses, this);
        current = race;
        race.start();
    }

    private void progress(ConnectProgress progress) {
        if (!cancelled) {
            listener.progress(progress);
        }
    }

    /** This server could not be reached. */
    @Override
    public void failed(TransportException failure) {
        failures.add(failure);
        Runnable more = moreTargets;
        moreTargets = null;
        if (more != null && !cancelled && !loopEnded) {
            more.run();
        } else {
            tryNextServer();
        }
    }

    @Override
    public void opened(NettyConnection connection) {
        try {
            loop.began(connection);
        } catch (OutOfMemoryError halfDone) {
            loop.fail();
            return;
        }
        current = null;
        loop.ended(this);
        opened = connection; // before the look at cancelled, which is set before the look at this
        if (cancelled) {
            connection.cancel();
        } else {
            connection.open(listener);
        }
    }

    private void fail() {
        if (!loopEnded) {
            loop.ended(this); // else it is to be told yet
        }
        TransportException last = failures.get(failures.size() - 1);
        if (failures.size() == 1) {
            listener.failed(last);
            return;
        }
        StringBuilder message = new StringBuilder("cannot reach any of the ")
                .append(failures.size())
                .append(" servers");
        for (TransportException each : failures) {
            message.append("; ").append(each.getMessage());
        }
        TransportException summary =
                new TransportException(last.phase(), last.reason(), last.address(), message.toString(), last);
        for (TransportException each : failures) {
            if (each != last) {
                summary.addSuppressed(each);
            }
        }
        listener.failed(summary);
    }

    private void end() {
        loop.ended(this);
        release();
    }

    /** Ends what is running, and notifies nobody. Loop only. */
    void release() {
        Cancellable running = current;
        current = null;
        if (running != null) {
            running.cancel();
        }
        NettyConnection connection = opened;
        if (connection != null) {
            connection.cancel();
        }
    }

    @Override
    public void loopEnds() {
        loopEnded = true;
        release();
    }

    @Override
    public void tellLoopEnded(LoopEndedException cause) {
        loopEnds();
        if (!cancelled) {
            listener.failed(new TransportException(
                    ConnectPhase.CONNECT, FailureReason.OTHER, null, String.valueOf(cause.getMessage()), cause));
        }
    }

    private static List<SocketAddress> withPort(List<InetAddress> addresses, int port) {
        List<SocketAddress> sockets = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            sockets.add(new InetSocketAddress(address, port));
        }
        return sockets;
    }

    private TransportException unresolved(ServerAddress server, String host, @Nullable Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new TransportException(
                    ConnectPhase.RESOLVE,
                    FailureReason.TIMEOUT,
                    server,
                    "timed out after " + Times.text(options.resolveTimeout()) + " resolving the name '" + host
                            + "': is the name server reachable?",
                    null);
        }
        String reason = failure == null || failure instanceof UnknownHostException ? "" : " (" + failure + ")";
        return new TransportException(
                ConnectPhase.RESOLVE,
                FailureReason.UNKNOWN_HOST,
                server,
                "cannot resolve the name '" + host + "'" + reason + ": is it spelled correctly, and does this machine's"
                        + " name server know it?",
                failure);
    }
}
