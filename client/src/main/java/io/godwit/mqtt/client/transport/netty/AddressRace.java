package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.transport.Cancellable;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Happy eyeballs (RFC 8305) over the addresses of one server: one address is tried after the other, the next as soon
 * as one fails or stays silent for the attempt delay, IPv6 and IPv4 in turn. The first that is reached wins and the
 * others are closed; if the winner then fails in proxy, TLS or WebSocket, the race goes on with the rest. Loop only.
 */
final class AddressRace implements Cancellable {

    /** Set once. */
    private final ConnectAttempt walk;

    private final Candidate.Target target;

    /** Loop only. */
    private final ArrayDeque<SocketAddress> waiting;

    private final List<Candidate> running = new ArrayList<>(2);
    private final List<TransportException> failures = new ArrayList<>(2);
    private boolean reached;
    private boolean over;
    private @Nullable Cancellable delay;

    AddressRace(ConnectAttempt walk, Candidate.Target target, List<SocketAddress> addresses) {
        this.walk = walk;
        this.target = target;
        waiting = new ArrayDeque<>(interleave(addresses));
    }

    void start() {
        launch();
    }

    /** RFC 8305, section 4: the families in turn, beginning with that of the first address. */
    static List<SocketAddress> interleave(List<SocketAddress> addresses) {
        List<SocketAddress> first = new ArrayList<>(addresses.size());
        List<SocketAddress> second = new ArrayList<>(addresses.size());
        for (SocketAddress address : addresses) {
            (isIpv6(address) == isIpv6(addresses.get(0)) ? first : second).add(address);
        }
        List<SocketAddress> mixed = new ArrayList<>(addresses.size());
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            if (i < first.size()) {
                mixed.add(first.get(i));
            }
            if (i < second.size()) {
                mixed.add(second.get(i));
            }
        }
        return mixed;
    }

    private static boolean isIpv6(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
    }

    private void launch() {
        stopDelay();
        SocketAddress address = waiting.poll();
        if (address == null || over || reached) {
            return;
        }
        Candidate candidate = new Candidate(walk, this, target, address);
        running.add(candidate);
        if (!waiting.isEmpty()) {
            delay = walk.loop()
                    .schedule(this::launch, walk.road().attemptDelay().toNanos());
        }
        candidate.start();
    }

    /** The address of the candidate answers. */
    void reached(Candidate candidate) {
        reached = true;
        stopDelay();
        for (Candidate other : List.copyOf(running)) {
            if (other != candidate) {
                running.remove(other);
                other.cancel();
                waiting.addLast(other.address());
            }
        }
    }

    /** The candidate is open to its end. */
    void finished(NettyConnection link) {
        over = true;
        running.clear();
        walk.connected(link);
    }

    /** The candidate has ended, with nothing left open. */
    void failed(Candidate candidate, TransportException failure) {
        if (over || !running.remove(candidate)) {
            return;
        }
        failures.add(failure);
        if (running.isEmpty()) {
            reached = false;
        }
        if (!waiting.isEmpty()) {
            launch();
        } else if (running.isEmpty()) {
            over = true;
            walk.serverFailed(summary());
        }
    }

    @Override
    public void cancel() {
        over = true;
        stopDelay();
        for (Candidate candidate : running) {
            candidate.cancel();
        }
        running.clear();
    }

    private void stopDelay() {
        if (delay != null) {
            delay.cancel();
            delay = null;
        }
    }

    /** The failure that got farthest on its road tells most; the others stand beside it. */
    private TransportException summary() {
        TransportException farthest = failures.get(0);
        for (TransportException each : failures) {
            if (each.phase().compareTo(farthest.phase()) > 0) {
                farthest = each;
            }
        }
        for (TransportException each : failures) {
            if (each != farthest) {
                farthest.addSuppressed(each);
            }
        }
        return farthest;
    }
}
