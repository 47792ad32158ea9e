package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.net.ProxyServer;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A point of a road that has been passed: for whoever wants to see how far an attempt came, and how fast. */
public sealed interface ConnectProgress {

    /**
     * SRV records were found for the server.
     *
     * @param targets in the order in which they are tried, as {@code host:port}
     */
    record Located(List<String> targets) implements ConnectProgress {}

    /** A name was resolved: the server's, or that of the proxy on the way. */
    record Resolved(String host, int port, List<InetAddress> addresses) implements ConnectProgress {}

    /** An address has answered: the server's, or that of the proxy on the way. */
    record Reached(SocketAddress address) implements ConnectProgress {}

    /** The proxy has opened the way to the server. */
    record ProxyPassed(ProxyServer proxy) implements ConnectProgress {}

    /**
     * The TLS handshake is done and every check passed.
     *
     * @param applicationProtocol what ALPN agreed on, or null
     */
    record Encrypted(SSLSession session, @Nullable String applicationProtocol) implements ConnectProgress {}

    /** The server has switched to WebSocket. */
    record Upgraded() implements ConnectProgress {}
}
