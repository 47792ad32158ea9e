package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ProxyServer.Kind;
import io.godwit.mqtt.client.net.ServerAddress;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks4ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Chooses the proxy, creates its handler, and explains its refusals. */
final class Proxies {

    private Proxies() {}

    /** The proxy that the JDK's selector chooses for this server, or {@code null}. May block. */
    static @Nullable ProxyServer choose(ServerAddress server) {
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) {
            return null;
        }
        String scheme = switch (server.scheme()) {
            case WS -> "http";
            case WSS -> "https";
            default -> "socket";
        };
        try {
            for (Proxy each : selector.select(new URI(scheme + "://" + server.authority() + "/"))) {
                if (each.type() == Proxy.Type.DIRECT) {
                    return null;
                }
                if (each.address() instanceof InetSocketAddress address) {
                    Kind kind = each.type() == Proxy.Type.HTTP ? Kind.HTTP : Kind.SOCKS5;
                    return new ProxyServer(kind, address.getHostString(), address.getPort(), null, null);
                }
            }
        } catch (URISyntaxException e) {
            return null; // java.net.URI rejects the host, such as one with an underscore, so no rule can match it
        }
        return null;
    }

    /** The handler that connects through the proxy at this address. */
    static ProxyHandler handler(ProxyServer proxy, SocketAddress address) {
        String user = proxy.user();
        String password = proxy.password();
        return switch (proxy.kind()) {
            case HTTP ->
                user == null
                        ? new HttpProxyHandler(address)
                        : new HttpProxyHandler(address, user, password == null ? "" : password);
            case SOCKS4 -> user == null ? new Socks4ProxyHandler(address) : new Socks4ProxyHandler(address, user);
            case SOCKS5 ->
                user == null
                        ? new Socks5ProxyHandler(address)
                        : new Socks5ProxyHandler(address, user, password == null ? "" : password);
        };
    }

    /** Why the proxy did not connect. */
    static String failure(ProxyServer proxy, ServerAddress server, Throwable cause) {
        String start = "the proxy " + proxy + " did not connect to " + server.authority() + ": ";
        String text = String.valueOf(cause.getMessage());
        String lower = behindAddresses(text).toLowerCase(Locale.ROOT);
        if (lower.contains("status: 407") || lower.contains("authstatus") || lower.contains("unexpected authmethod")) {
            return start
                    + (proxy.user() == null
                            ? "it requires credentials; add them to its address, as in user:password@host"
                            : "it rejected the user and password");
        }
        if (lower.contains("status: 403") || lower.contains("forbidden")) {
            return start + "it does not allow this target; many proxies allow port 443 only";
        }
        if (lower.contains("rejected_or_failed")) {
            return start + "it does not allow this target, or could not reach it; SOCKS4 has no IPv6";
        }
        if (lower.contains("host_unreachable")
                || lower.contains("network_unreachable")
                || lower.contains("status: 502")
                || lower.contains("status: 503")
                || lower.contains("status: 504")
                || lower.contains("connection_refused")
                || lower.contains("status: failure")
                || lower.contains("status: 500")) {
            return start + "it could not reach the server itself (" + tail(text) + ")";
        }
        return start + tail(text) + "; is it a " + proxy.kind() + " proxy?";
    }

    /** What Netty's message says behind the addresses, in which any number and name may stand. */
    private static String behindAddresses(String text) {
        int arrow = text.indexOf(" => ");
        int end = text.indexOf(", ", arrow);
        return arrow < 0 || end < 0 ? text : text.substring(end);
    }

    /** The status alone. */
    private static String tail(String text) {
        int status = text.lastIndexOf("tatus: ");
        return status > 0 ? "s" + text.substring(status) : text;
    }
}
