package io.godwit.cli.doctor;

import io.godwit.mqtt.client.net.HostResolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Resolves a name once and then hands out one of its addresses at a time, so that each can be tried by itself. */
final class OneAddress implements HostResolver {
    private final HostResolver inner;

    // Any thread: written by the one that resolves, read by the doctor after the attempt.
    private volatile List<InetAddress> all = List.of();
    private volatile String host = "";

    // Written by the doctor between probes.
    private volatile int chosen;

    OneAddress(HostResolver inner) {
        this.inner = inner;
    }

    @Override
    public List<InetAddress> resolve(String name) throws UnknownHostException {
        if (!name.equals(host)) {
            all = List.copyOf(inner.resolve(name));
            host = name;
        }
        return all.isEmpty() ? all : List.of(all.get(Math.min(chosen, all.size() - 1)));
    }

    /** The addresses of the name that was asked for last. */
    List<InetAddress> all() {
        return all;
    }

    void choose(int index) {
        chosen = index;
    }
}
