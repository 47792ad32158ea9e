package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.road.Road;
import io.godwit.mqtt.client.road.RoadException;
import io.godwit.mqtt.client.road.RoadException.Step;
import io.godwit.mqtt.client.road.ServerAddress;
import io.godwit.mqtt.client.road.ServerAddress.Scheme;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One walk along a road: goes through the servers in order, resolves each, lets an {@link AddressRace} find the
 * address that answers, and hands the first open connection to the listener. Keeps whatever must be released when the
 * walk is cancelled.
 */
final class RoadWalk implements Attempt {

    /** Set once. */
    private final NettyEventLoop loop;

    private final Sockets sockets;
    private final Helpers helpers;
    private final Road road;
    private final ConnectionListener listener;

    /** Written by any thread, read by all. */
    private volatile boolean cancelled;

    /** Loop only. */
    private List<ServerAddress> servers = List.of();

    private int nextServer;
    private @Nullable List<RoadException> failures;

    /** What runs now and how to end it: resolving, a race, at last the connection. */
    private @Nullable Cancellable current;

    RoadWalk(NettyEventLoop loop, Sockets sockets, Helpers helpers, Road road, ConnectionListener listener) {
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

    Helpers helpers() {
        return helpers;
    }

    Road road() {
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
            race(server, List.of(sockets.unixAddress(server.path())));
            return;
        }
        current = helpers.run(
                helpers.names(),
                loop,
                road.resolveTimeout().toNanos(),
                () -> road.resolver().resolve(server.host()),
                (addresses, failure) -> {
                    if (cancelled) {
                        return;
                    }
                    if (addresses != null && !addresses.isEmpty()) {
                        race(server, withPort(addresses, server.port()));
                    } else {
                        serverFailed(unresolved(server, failure));
                    }
                });
    }

    private void race(ServerAddress server, List<SocketAddress> addresses) {
        AddressRace race = new AddressRace(this, server, addresses);
        current = race;
        race.start();
    }

    /** A race has found no way. Loop only. */
    void serverFailed(RoadException failure) {
        if (failures == null) {
            failures = new ArrayList<>(servers.size());
        }
        failures.add(failure);
        tryNextServer();
    }

    /** A race has a winner, open to its end. Loop only. */
    void connected(Link link) {
        current = link::abandon;
        failures = null;
        servers = List.of();
        if (!cancelled) {
            link.open(listener);
        }
    }

    private void fail() {
        List<RoadException> all = failures == null ? List.of() : failures;
        RoadException last = all.get(all.size() - 1);
        if (all.size() == 1) {
            listener.failed(last);
            return;
        }
        StringBuilder message =
                new StringBuilder("none of the ").append(all.size()).append(" servers can be reached");
        for (RoadException each : all) {
            message.append("; ").append(each.getMessage());
        }
        RoadException summary =
                new RoadException(last.step(), last.address(), last.isTimeout(), message.toString(), last);
        for (RoadException each : all) {
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

    private RoadException unresolved(ServerAddress server, @Nullable Exception failure) {
        if (failure instanceof TimeoutException) {
            return new RoadException(
                    Step.RESOLVE,
                    server,
                    true,
                    "the name '" + server.host() + "' was not resolved within " + Times.text(road.resolveTimeout())
                            + ": is the name server reachable?",
                    null);
        }
        String reason = failure == null || failure instanceof UnknownHostException ? "" : " (" + failure + ")";
        return new RoadException(
                Step.RESOLVE,
                server,
                false,
                "the name '" + server.host() + "' has no address" + reason + ": is it spelled right, and does this"
                        + " machine's name server know it?",
                failure);
    }
}
