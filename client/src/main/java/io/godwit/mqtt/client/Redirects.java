package io.godwit.mqtt.client;

import io.godwit.mqtt.client.net.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether the client follows a broker of MQTT 5 that names another server (section 4.11), and who may then receive its
 * credentials. A redirect never leads from TLS to plain text, and never to a Unix socket. Immutable.
 */
public final class Redirects {
    private static final Redirects NEVER = new Redirects(false, List.of());
    private static final Redirects FOLLOW = new Redirects(true, List.of());

    // Set once.
    private final boolean followed;
    private final List<String> trusted;

    private Redirects(boolean followed, List<String> trusted) {
        this.followed = followed;
        this.trusted = trusted;
    }

    /** No redirect is followed; the default. The failure says which server the broker named. */
    public static Redirects never() {
        return NEVER;
    }

    /**
     * Redirects are followed. User name and password, an authenticator's data and WebSocket headers go to no other host and port
     * than the one that redirects, unless it is named with {@link #withCredentialsTo}: CONNECT goes there without them. With an
     * authenticator, a redirect to a server that isn't named isn't followed.
     */
    public static Redirects follow() {
        return FOLLOW;
    }

    /**
     * Redirects are followed, and these servers may receive the credentials.
     *
     * @param servers {@code host} for any port, {@code host:port}, or {@code *.example.com} for all hosts below a domain
     * @throws IllegalArgumentException if none is given, or one is not of this form
     */
    public Redirects withCredentialsTo(String... servers) {
        if (servers.length == 0) {
            throw new IllegalArgumentException("no server is named: use withCredentialsTo(\"b.example.com\")");
        }
        List<String> all = new ArrayList<>(trusted);
        for (String server : servers) {
            String name = server.startsWith("*.") ? server.substring(2) : server;
            if (name.isEmpty()
                    || name.contains("://")
                    || name.contains("*")
                    || name.contains("@")
                    || name.contains("/")) {
                throw new IllegalArgumentException(
                        "invalid server: must be host, host:port or *.example.com, without scheme and credentials");
            }
            all.add(server.toLowerCase(Locale.ROOT));
        }
        return new Redirects(true, List.copyOf(all));
    }

    /** Whether redirects are followed at all. */
    public boolean isFollowed() {
        return followed;
    }

    /** Whether this server may receive credentials that were given for another one. */
    public boolean isTrusted(ServerAddress server) {
        String host = server.host().toLowerCase(Locale.ROOT);
        String authority = server.authority().toLowerCase(Locale.ROOT);
        return trusted.stream()
                .anyMatch(each -> each.equals(host)
                        || each.equals(authority)
                        || each.startsWith("*.") && host.endsWith(each.substring(1)));
    }

    @Override
    public String toString() {
        return followed ? "Redirects[followed, with credentials to " + trusted + "]" : "Redirects[never]";
    }
}
