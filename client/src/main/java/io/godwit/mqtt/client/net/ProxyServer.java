package io.godwit.mqtt.client.net;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between the client and the server. The proxy resolves the server's name, so the client's network needs no DNS.
 * {@link #toString()} never shows the password.
 *
 * @param kind the proxy protocol
 * @param host a name or a literal address without brackets
 * @param port 1 to 65535
 * @param user for authentication, or {@code null}
 * @param password for authentication, or {@code null}; SOCKS4 has none
 */
public record ProxyServer(
        Kind kind,
        String host,
        int port,
        @Nullable String user,
        @Nullable String password) {

    /** The proxy protocols. */
    public enum Kind {
        /** HTTP CONNECT (RFC 9110, section 9.3.6), with Basic credentials. */
        HTTP(3128),
        /** SOCKS 4 and 4a. */
        SOCKS4(1080),
        /** SOCKS 5 (RFC 1928) with user and password (RFC 1929). */
        SOCKS5(1080);

        private final int defaultPort;

        Kind(int defaultPort) {
            this.defaultPort = defaultPort;
        }

        /** The port of an address without one. */
        public int defaultPort() {
            return defaultPort;
        }
    }

    /** @throws IllegalArgumentException if host or port are invalid, or there is a password that cannot be used */
    public ProxyServer {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the proxy address has no host");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("invalid port " + port + " of the proxy: must be from 1 to 65535");
        }
        if (kind == Kind.SOCKS4 && password != null) {
            throw new IllegalArgumentException("SOCKS4 has a user but no password: use SOCKS5, or omit the password");
        }
        if (password != null && user == null) {
            throw new IllegalArgumentException(
                    "the proxy address has a password but no user: use http://user:password@host");
        }
    }

    /**
     * Parses {@code http://user:password@host:port}, {@code socks4://...} or {@code socks5://...}; the port is 3128 for
     * HTTP and 1080 for SOCKS unless it is given. {@code socks://} and {@code socks5h://} mean SOCKS5 too.
     *
     * @throws IllegalArgumentException if the address is invalid; the message shows no password
     */
    public static ProxyServer parse(String text) {
        int colon = text.indexOf("://");
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        Kind kind = switch (scheme) {
            case "http" -> Kind.HTTP;
            case "socks4", "socks4a" -> Kind.SOCKS4;
            case "socks", "socks5", "socks5h" -> Kind.SOCKS5;
            default ->
                throw new IllegalArgumentException(
                        "unknown scheme in the proxy address: use http://host:port, socks4://host:port or"
                                + " socks5://host:port");
        };
        ServerAddress address;
        try {
            address = ServerAddress.parse("mqtt" + text.substring(colon));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("proxy: " + e.getMessage(), e);
        }
        boolean hasPort = address.port()
                == ServerAddress.parse("ws" + text.substring(colon)).port();
        return new ProxyServer(
                kind, address.host(), hasPort ? address.port() : kind.defaultPort, address.user(), address.password());
    }

    /** The address of the proxy, its password replaced by {@code ***}. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT)
                + "://"
                + (user == null ? "" : user + (password == null ? "@" : ":***@"))
                + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
                + ":"
                + port;
    }
}
