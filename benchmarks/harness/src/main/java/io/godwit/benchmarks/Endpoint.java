package io.godwit.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a contender connects.
 *
 * @param host an address, not a name: the resolver is not what is measured
 * @param port the TCP port
 * @param scenario what will be done with the connection
 * @param certificate PEM file with the only certificate to trust, or null for plain TCP
 * @param store folder to keep the session in, so that each message is safe before it is sent; null: it is kept in memory
 * @param options what distinguishes variants of one contender, such as {@code mqtt=5} or {@code handlers=loop}
 */
public record Endpoint(
        String host,
        int port,
        Scenario scenario,
        @Nullable Path certificate,
        @Nullable Path store,
        String clientId,
        Map<String, String> options) {

    /** True for MQTT 5, false for 3.1.1. */
    public boolean mqtt5() {
        return option("mqtt", "3").equals("5");
    }

    public boolean tls() {
        return certificate != null;
    }

    /** Whether MQTT is carried by a WebSocket. */
    public boolean webSocket() {
        return scenario.webSocket();
    }

    /** Whether the library is to reconnect by itself, as it does by default. */
    public boolean reconnects() {
        return scenario.kind() == Scenario.Kind.STORM;
    }

    /** How many publishes may be in flight at most. */
    public int window() {
        return scenario.window();
    }

    public String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    public Endpoint at(String otherHost, String otherClientId) {
        return new Endpoint(otherHost, port, scenario, certificate, store, otherClientId, options);
    }

    public Endpoint at(int otherPort, String otherClientId) {
        return new Endpoint(host, otherPort, scenario, certificate, store, otherClientId, options);
    }
}
