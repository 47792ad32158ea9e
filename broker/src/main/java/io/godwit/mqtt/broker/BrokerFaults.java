package io.godwit.mqtt.broker;

import java.time.Duration;

/**
 * Makes a running {@link MqttBroker} fail in the ways that clients have to survive: it refuses, goes silent, drops
 * connections, restarts, goes away and comes back. For tests. Thread-safe.
 */
public final class BrokerFaults {
    private final BrokerServer server;

    BrokerFaults(BrokerServer server) {
        this.server = server;
    }

    /** Answers each CONNECT with this CONNACK code: 1 to 5 on 3.1.1, a reason code on 5. Code 0 accepts clients again. */
    public void refuseConnects(int code) {
        server.run((core, now) -> core.refuseConnects(code));
    }

    /** Drops a client's connection without DISCONNECT, so its will is published. Returns false if it is not connected. */
    public boolean dropConnection(String clientId) {
        return server.call((core, now) -> core.drop(clientId, now));
    }

    /** While silent, the broker accepts connections but neither reads nor answers, like a half-open connection. */
    public void silent(boolean isSilent) {
        server.silent(isSilent);
    }

    /** Moves the broker's clock forward. Keep-alives, expiries and wills that are due happen before this returns. */
    public void advance(Duration time) {
        server.advance(time);
    }

    /** Drops all connections and restarts on the same port, with or without its sessions and retained messages. */
    public void restart(boolean keepState) {
        server.run((core, now) -> core.restart(keepState, now));
    }

    /** Drops all connections and stops listening, so connecting is refused until {@link #goOnline}. Keeps the state. */
    public void goOffline() {
        server.unbind();
        restart(true);
    }

    /** Listens again on the same port. Does nothing if the broker is listening. */
    public void goOnline() {
        server.bind(server.port());
    }
}
