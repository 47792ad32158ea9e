package io.godwit.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a contender connects.
 *
 * @param host an address, not a name: the resolver is not what is measured
 * @param port the TCP port
 * @param certificate PEM file with the only certificate to trust, or null for plain TCP
 * @param webSocket whether MQTT is carried by a WebSocket
 * @param store folder to keep the session in, so that each message is safe before it is sent; null: it is kept in memory
 * @param window how many publishes may be in flight at most
 * @param options what distinguishes variants of one contender, such as {@code mqtt=5} or {@code handlers=loop}
 */
public record Endpoint(
        String host, int port, @Nullable Path certificate, boolean webSocket, @Nullable Path store, String clientId, int window, Map<String, String> options) {

    /** True for MQTT 5, false for 3.1.1. */
    public boolean mqtt5() {
        return option("mqtt", "3").equals("5");
    }

    public boolean tls() {
        return certificate != null;
    }

    public String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    public Endpoint at(String otherHost, String otherClientId) {
        return new Endpoint(otherHost, port, certificate, webSocket, store, otherClientId, window, options);
    }
}
