package io.godwit.mqtt.client.net;

import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address of a server, {@code scheme://user:password@host:port/path?query}. {@link #toString()} shows neither the
 * password nor the query.
 *
 * @param scheme the protocol
 * @param host a name in ASCII, or a literal address without brackets; empty for a unix socket
 * @param port 1 to 65535; 0 for a unix socket
 * @param user the decoded user name, or {@code null}
 * @param password the decoded password, or {@code null}
 * @param path as it was written, with its slash, or empty; for a unix socket the decoded file path
 * @param query as it was written, without the question mark, or {@code null}
 */
public record ServerAddress(
        Scheme scheme,
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        String path,
        @Nullable String query) {

    /** The protocols by which a server is reached. */
    public enum Scheme {
        /** MQTT over TCP, port 1883. */
        MQTT("mqtt", 1883),
        /** MQTT over TLS, port 8883. */
        MQTTS("mqtts", 8883),
        /** MQTT over WebSocket, port 80. */
        WS("ws", 80),
        /** MQTT over WebSocket over TLS, port 443. */
        WSS("wss", 443),
        /** MQTT over a unix domain socket. */
        UNIX("mqtt+unix", 0);

        private final String text;
        private final int defaultPort;

        Scheme(String text, int defaultPort) {
            this.text = text;
            this.defaultPort = defaultPort;
        }

        /** The scheme as written in an address. */
        public String text() {
            return text;
        }

        /** The port of an address without one; 0 for a unix socket. */
        public int defaultPort() {
            return defaultPort;
        }

        /** Whether the connection is encrypted with TLS. */
        public boolean isTls() {
            return this == MQTTS || this == WSS;
        }

        /** Whether MQTT is carried by WebSocket. */
        public boolean isWebSocket() {
            return this == WS || this == WSS;
        }
    }

    private static final String FORMS =
            "use mqtt://host, mqtts://host, ws://host/path, wss://host/path or mqtt+unix:///path/to/socket";

    /** @throws IllegalArgumentException if host, port or path don't fit the scheme */
    public ServerAddress {
        if (scheme == Scheme.UNIX) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("a unix socket needs an absolute path: mqtt+unix:///path/to/socket");
            }
        } else {
            if (host.isEmpty()) {
                throw new IllegalArgumentException("the server address has no host: " + FORMS);
            }
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("invalid port " + port + ": must be from 1 to 65535");
            }
        }
    }

    /** The address of a host without user, path and query. */
    public static ServerAddress of(Scheme scheme, String host, int port) {
        return new ServerAddress(scheme, host, port, null, null, "", null);
    }

    /**
     * Parses an address. Without a scheme, as in {@code host} or {@code host:1884}, it means {@code mqtt://}. User,
     * password and the path of a unix socket may contain {@code %XX} escapes; an IPv6 address is written in brackets.
     *
     * @throws IllegalArgumentException if the address is invalid; the message says what is wrong and quotes nothing that
     *     could be part of a password
     */
    public static ServerAddress parse(String text) {
        String address = text.strip();
        if (address.isEmpty()) {
            throw new IllegalArgumentException("the server address is empty: " + FORMS);
        }
        int colon = address.indexOf("://");
        Scheme scheme = colon < 0 ? Scheme.MQTT : scheme(address.substring(0, colon));
        String rest = colon < 0 ? address : address.substring(colon + 3);
        checkCharacters(rest, address.length() - rest.length());
        String query = null;
        int question = rest.indexOf('?');
        if (question >= 0) {
            query = rest.substring(question + 1);
            rest = rest.substring(0, question);
        }
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        if (authority.indexOf('@') < 0 && authority.indexOf(':') >= 0) {
            if (path.indexOf('@') >= 0) {
                throw new IllegalArgumentException("invalid server address: it has an '@' after the first '/';"
                        + " write a '/' in a user or password as %2F");
            }
            if (slash < 0 && query != null && query.indexOf('@') >= 0) {
                throw new IllegalArgumentException("invalid server address: it has an '@' after the first '?';"
                        + " write a '?' in a user or password as %3F");
            }
        }

        String user = null;
        String password = null;
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String info = authority.substring(0, at);
            authority = authority.substring(at + 1);
            int split = info.indexOf(':');
            user = decode("user", split < 0 ? info : info.substring(0, split));
            password = split < 0 ? null : decode("password", info.substring(split + 1));
        }
        if (scheme == Scheme.UNIX) {
            if (!authority.isEmpty()) {
                throw new IllegalArgumentException("invalid address of a unix socket: it has no host, so three slashes"
                        + " follow the colon: mqtt+unix:///path/to/socket");
            }
            return new ServerAddress(scheme, "", 0, user, password, decode("path", path), query);
        }
        return withAuthority(scheme, authority, user, password, path, query);
    }

    private static void checkCharacters(String text, int offset) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                throw new IllegalArgumentException("invalid server address: blank or control character at position "
                        + (offset + i) + "; write it as %" + String.format("%02X", (int) c));
            }
            if (c == '#') {
                throw new IllegalArgumentException(
                        "invalid server address: it contains a '#'; write it as %23 in a user or password");
            }
        }
    }

    private static ServerAddress withAuthority(
            Scheme scheme,
            String authority,
            @Nullable String user,
            @Nullable String password,
            String path,
            @Nullable String query) {
        String host;
        String port;
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("invalid server address: a '[' without its ']'");
            }
            host = authority.substring(1, end).replaceFirst("%25", "%");
            String after = authority.substring(end + 1);
            if (!isIpv6(host)) {
                throw new IllegalArgumentException(
                        "invalid server address: the brackets must contain an IPv6 address, as in [2001:db8::1]:1883");
            }
            if (!after.isEmpty() && !after.startsWith(":")) {
                throw new IllegalArgumentException(
                        "invalid server address: only a port may follow the brackets, as in [2001:db8::1]:1883");
            }
            port = after.isEmpty() ? "" : after.substring(1);
        } else {
            int first = authority.indexOf(':');
            if (first != authority.lastIndexOf(':')) {
                throw new IllegalArgumentException(
                        "invalid server address: more than one colon after the scheme;"
                                + " write an IPv6 address in brackets, as in [2001:db8::1]:1883, and a ':' in a password as %3A");
            }
            host = ascii(first < 0 ? authority : authority.substring(0, first));
            port = first < 0 ? "" : authority.substring(first + 1);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the server address has no host: " + FORMS);
        }
        return new ServerAddress(
                scheme, host, port.isEmpty() ? scheme.defaultPort : port(port), user, password, path, query);
    }

    /** Hex digits, colons, dots, and a zone that needs no escape: nothing that a password would look like. */
    private static boolean isIpv6(String host) {
        int zone = host.indexOf('%');
        String address = zone < 0 ? host : host.substring(0, zone);
        return address.indexOf(':') >= 0
                && address.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
    }

    private static Scheme scheme(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        for (Scheme scheme : Scheme.values()) {
            if (scheme.text.equals(wanted)) {
                return scheme;
            }
        }
        String hint = switch (wanted) {
            case "tcp" -> "mqtt://";
            case "ssl", "tls", "mqtt+ssl", "mqtt+tls" -> "mqtts://";
            case "http" -> "ws://";
            case "https" -> "wss://";
            case "unix" -> "mqtt+unix:///path/to/socket";
            default -> "";
        };
        if (!hint.isEmpty()) {
            throw new IllegalArgumentException("unknown scheme '" + wanted + "' in the server address: use " + hint);
        }
        boolean plain = wanted.length() <= 12 && wanted.chars().allMatch(c -> c >= 'a' && c <= 'z' || c == '+');
        throw new IllegalArgumentException((plain
                        ? "unknown scheme '" + wanted + "' in the server address: "
                        : "invalid scheme in the server address: ")
                + FORMS);
    }

    private static int port(String text) {
        int port = 0;
        boolean digits = text.length() <= 5;
        for (int i = 0; i < text.length() && digits; i++) {
            char c = text.charAt(i);
            digits = c >= '0' && c <= '9';
            port = port * 10 + (c - '0');
        }
        if (!digits || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "invalid server address: the port after the host must be a number from 1 to"
                            + " 65535; if a user and password were meant, the '@' and the host are missing");
        }
        return port;
    }

    private static String ascii(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c >= 0x80) {
                try {
                    return IDN.toASCII(host);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "invalid host in the server address: it has no form in ASCII (IDNA)");
                }
            }
            if ("<>\"\\^`{|}%[]".indexOf(c) >= 0) {
                throw new IllegalArgumentException("invalid host in the server address: it contains '" + c + "'");
            }
        }
        return host;
    }

    private static String decode(String what, String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                out.put(raw[i]);
                continue;
            }
            boolean complete = i + 2 < raw.length;
            int high = complete ? Character.digit(raw[i + 1], 16) : -1;
            int low = complete ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException(
                        "invalid " + what + " in the server address: a '%' without two hex digits; write '%' as %25");
            }
            out.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("invalid " + what + " in the server address: not UTF-8 when decoded", e);
        }
    }

    /** The target of a WebSocket upgrade: path and query as written, {@code /mqtt} if there is no path. */
    public String webSocketTarget() {
        return (path.isEmpty() ? "/mqtt" : path) + (query == null ? "" : "?" + query);
    }

    /** The same server without user and password. */
    public ServerAddress withoutCredentials() {
        return user == null && password == null ? this : new ServerAddress(scheme, host, port, null, null, path, query);
    }

    /** Host and port as written in an address, an IPv6 address in brackets; the path of a unix socket. */
    public String authority() {
        if (scheme == Scheme.UNIX) {
            return path;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /**
     * The address with its port and its user. Password and query, which may be a signature, are replaced by {@code ***}.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme.text).append("://");
        if (user != null) {
            text.append(user).append(password == null ? "" : ":***").append('@');
        }
        text.append(authority());
        if (scheme != Scheme.UNIX) {
            text.append(path);
        }
        return query == null ? text.toString() : text.append("?***").toString();
    }
}
