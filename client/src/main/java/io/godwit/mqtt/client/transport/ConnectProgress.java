package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.ProxyServer;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A completed phase of an attempt to connect, for those who show how far it came and how long it took. */
public sealed interface ConnectProgress {

    /**
     * SRV records of the server were found.
     *
     * @param targets in the order in which they are tried, as {@code host:port}
     */
    record Located(List<String> targets) implements ConnectProgress {}

    /** A name was resolved: that of the server, or of the proxy. */
    record Resolved(String host, int port, List<InetAddress> addresses) implements ConnectProgress {}

    /** An address has accepted the connection: that of the server, or of the proxy. */
    record Reached(SocketAddress address) implements ConnectProgress {}

    /** The proxy has connected to the server. */
    record ProxyPassed(ProxyServer proxy) implements ConnectProgress {}

    /**
     * The TLS handshake is complete and every check passed.
     *
     * @param applicationProtocol what ALPN agreed on, or null
     */
    record Encrypted(SSLSession session, @Nullable String applicationProtocol) implements ConnectProgress {}

    /** The server has switched to WebSocket. */
    record Upgraded() implements ConnectProgress {}
}
