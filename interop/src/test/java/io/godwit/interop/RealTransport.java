package io.godwit.interop;

import io.godwit.checks.RealProxy;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The transports to a real broker: which of its ports each uses, and which protocols. */
enum RealTransport {
    TCP("TCP", "mqtt", 0),
    TLS("TLS", "mqtts", 1),
    MUTUAL_TLS("TLS with a client certificate", "mqtts", 4),
    WEB_SOCKET("WebSocket", "ws", 2),
    WEB_SOCKET_TLS("WebSocket over TLS", "wss", 3),
    UNIX("unix socket", "mqtt+unix", 0),
    SOCKS5("TLS through SOCKS5 (Dante)", "mqtts", 1),
    HTTP_PROXY("TLS through an HTTP proxy (Squid, with credentials)", "mqtts", 1);

    private final String title;
    private final String scheme;
    private final int offset;

    RealTransport(String title, String scheme, int offset) {
        this.title = title;
        this.scheme = scheme;
        this.offset = offset;
    }

    String title() {
        return title;
    }

    /** Its proxy, which the caller closes; null if it has none. */
    @Nullable
    RealProxy startProxy(Path folder) throws IOException, InterruptedException {
        return switch (this) {
            case SOCKS5 -> RealProxy.dante(folder);
            case HTTP_PROXY -> RealProxy.squid(true);
            default -> null;
        };
    }

    /** The broker's port for it. */
    int port(RealBroker.Running broker) {
        return broker.port() + offset;
    }

    /** The options for a port: the broker's own, or one that leads there. */
    TransportOptions to(RealBroker.Running broker, int port, @Nullable RealProxy proxy) {
        String address = switch (this) {
            case UNIX -> scheme + "://" + broker.unixSocket();
            case WEB_SOCKET, WEB_SOCKET_TLS -> scheme + "://localhost:" + port + "/mqtt";
            default -> scheme + "://localhost:" + port;
        };
        Tls.Builder tls = Tls.builder().ca(broker.certificates().resolve("ca.crt"));
        if (this == MUTUAL_TLS) {
            tls.certificate(broker.certificates().resolve("client.crt"))
                    .key(broker.certificates().resolve("client.key"));
        }
        TransportOptions.Builder options = TransportOptions.builder()
                .servers(address)
                .proxy(proxy == null ? null : ProxyServer.parse(proxy.uri()));
        if (ServerAddress.parse(address).scheme().isTls()) {
            options.tls(tls.build());
        }
        return options.build();
    }

    /** Whether the feature depends on the broker, not on some other transport to it. */
    boolean asksFor(Feature feature) {
        return this == TCP || feature != Feature.TLS && feature != Feature.WEB_SOCKET;
    }

    /** Why a feature cannot be tested over it; null if it can. */
    @Nullable
    String lacks(RealBroker broker, Feature feature) {
        boolean webSocket = this == WEB_SOCKET || this == WEB_SOCKET_TLS;
        if (this == UNIX && (feature == Feature.WILL || feature == Feature.RECONNECT)) {
            return "the proxy that breaks connections does not sit on a unix socket";
        }
        boolean large = feature == Feature.MEGABYTE || feature == Feature.ECHO;
        if (broker == RealBroker.MOSQUITTO && webSocket && large) {
            return "Mosquitto 2.0.11 takes 40 KiB a second over WebSocket, from MQTT.js as well";
        }
        return null;
    }
}
