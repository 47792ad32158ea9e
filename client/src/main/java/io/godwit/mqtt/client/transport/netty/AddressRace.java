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
 * Happy eyeballs (RFC 8305) over the addresses of one server: starts with one address, and starts the next as soon as one fails
 * or the attempt delay has passed, alternating between IPv6 and IPv4. The first to connect wins and the others are closed; if
 * the winner then fails in proxy, TLS or WebSocket, the race continues with the rest. Loop only.
 */
final class AddressRace implements Cancellable, Candidate.Observer {

    /** Receives the outcome of a race, once. */
    interface Outcome {

        /** A candidate has completed all phases. */
        void opened(NettyConnection connection);

        /** No address led to a connection. */
        void failed(TransportException failure);
    }

    /** Set once. */
    private final AttemptContext context;

    private final Candidate.Target target;
    private final Outcome outcome;

    /** Event loop only. */
    private final ArrayDeque<SocketAddress> waiting;

    private final List<Candidate> running = new ArrayList<>(2);
    private final List<TransportException> failures = new ArrayList<>(2);
    private boolean reached;
    private boolean over;
    private @Nullable Cancellable delay;

    AddressRace(AttemptContext context, Candidate.Target target, List<SocketAddress> addresses, Outcome outcome) {
        this.context = context;
        this.target = target;
        this.outcome = outcome;
        waiting = new ArrayDeque<>(interleave(addresses));
    }

    void start() {
        launch();
    }

    /** RFC 8305, section 4: alternates the families, beginning with that of the first address. */
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
        Candidate candidate = new Candidate(context, target, address, this);
        running.add(candidate);
        if (!waiting.isEmpty()) {
            delay = context.loop()
                    .schedule(this::launch, context.options().attemptDelay().toNanos());
        }
        candidate.start();
    }

    @Override
    public void reached(Candidate candidate) {
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

    @Override
    public void opened(NettyConnection connection) {
        over = true;
        running.clear();
        outcome.opened(connection);
    }

    @Override
    public void failed(Candidate candidate, TransportException failure) {
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
            outcome.failed(summary());
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

    /** The failure in the latest phase is the most informative one; the others are suppressed. */
    private TransportException summary() {
        TransportException latest = failures.get(0);
        for (TransportException each : failures) {
            if (each.phase().compareTo(latest.phase()) > 0) {
                latest = each;
            }
        }
        for (TransportException each : failures) {
            if (each != latest) {
                latest.addSuppressed(each);
            }
        }
        return latest;
    }
}
