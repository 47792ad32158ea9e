package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a broker's hint to another server (MQTT 5, section 4.11): the transport options that lead there, or why they
 * don't. At most three redirects in a row are followed; an attempt that fails ends the row.
 */
final class Redirection {
    private static final int MOST_IN_A_ROW = 3;

    // Set once.
    private final ClientConfig config;

    // Event loop only.
    private int inARow;
    private @Nullable Detour detour;
    /** The broker has just named another server: the next attempt goes there, without delay. */
    private boolean due;

    /**
     * The way to another server.
     *
     * @param trusted whether it may receive credentials
     */
    record Detour(TransportOptions options, boolean trusted) {}

    Redirection(ClientConfig config) {
        this.config = config;
    }

    /** The server to go to instead of the configured ones; null if there is none. */
    @Nullable
    Detour detour() {
        return detour;
    }

    /** A connection has ended: without a redirect the next one is not part of a row. */
    void connectionEnded() {
        if (!due) {
            inARow = 0;
        }
    }

    /** Whether the broker has just named another server, which was not asked before. */
    boolean takeDue() {
        boolean was = due;
        due = false;
        return was;
    }

    /**
     * Follows the reference in a CONNACK or DISCONNECT, if there is one and that is allowed.
     *
     * @param from the connection to the server that redirects
     * @return what to add to the message of the failure
     */
    String follow(@Nullable Connection from, MqttProperties properties, @Nullable ReasonCode reason) {
        String reference = properties.get(Property.SERVER_REFERENCE);
        boolean moved = reason == ReasonCode.USE_ANOTHER_SERVER || reason == ReasonCode.SERVER_MOVED;
        if (!moved || reference == null || from == null) {
            return "";
        }
        String why = follow(from.address(), reference);
        due = why == null;
        return why == null ? "; it names another server" : "; " + why;
    }

    /** Null if the reference is followed; else why not. */
    private @Nullable String follow(ServerAddress from, String reference) {
        List<ServerAddress> targets = new ArrayList<>(1);
        String refused = "it isn't a server address";
        for (String each : reference.strip().split("\\s+")) {
            ServerAddress target = parse(from, each);
            String why = target == null ? refused : refusal(from, target);
            if (target != null && why == null) {
                targets.add(target);
            } else {
                refused = String.valueOf(why);
            }
        }
        if (targets.isEmpty()) {
            return "its redirect was not followed: " + refused;
        }
        ServerAddress target = targets.get(0);
        boolean trusted = isTrusted(from, target);
        inARow++;
        detour = new Detour(options(from, target, trusted), trusted);
        return null;
    }

    private static @Nullable ServerAddress parse(ServerAddress from, String reference) {
        try {
            String address =
                    reference.contains("://") ? reference : from.scheme().text() + "://" + reference;
            return ServerAddress.parse(address).withoutCredentials();
        } catch (IllegalArgumentException invalid) {
            return null;
        }
    }

    private @Nullable String refusal(ServerAddress from, ServerAddress target) {
        if (!config.redirects().isFollowed()) {
            return "the broker names " + target
                    + ", and redirects are off; allow them with redirects(Redirects.follow())";
        }
        if (target.scheme() == Scheme.UNIX) {
            return target + " is a Unix socket";
        }
        if (from.scheme().isTls() && !target.scheme().isTls()) {
            return target + " would be reached without TLS";
        }
        if (inARow >= MOST_IN_A_ROW) {
            return "it would be redirect " + (MOST_IN_A_ROW + 1) + " in a row";
        }
        if (config.authenticator() != null && !isTrusted(from, target)) {
            return target + " may not receive authentication data; allow it with Redirects.withCredentialsTo(\""
                    + target.host() + "\")";
        }
        return null;
    }

    private boolean isTrusted(ServerAddress from, ServerAddress target) {
        return from.authority().equalsIgnoreCase(target.authority())
                || config.redirects().isTrusted(target);
    }

    private TransportOptions options(ServerAddress from, ServerAddress target, boolean trusted) {
        ServerAddress with = !trusted || from.user() == null
                ? target
                : new ServerAddress(
                        target.scheme(),
                        target.host(),
                        target.port(),
                        from.user(),
                        from.password(),
                        target.path(),
                        target.query());
        WebSocketOptions webSocket = config.transportOptions().webSocket();
        if (!target.scheme().isWebSocket()) {
            webSocket = WebSocketOptions.defaults();
        } else if (!trusted) {
            webSocket = webSocket.subprotocol() == null
                    ? WebSocketOptions.defaults()
                    : WebSocketOptions.builder()
                            .subprotocol(webSocket.subprotocol())
                            .build();
        }
        return config.transportOptions().toBuilder()
                .servers(List.of(with))
                .webSocket(webSocket)
                .build();
    }
}
