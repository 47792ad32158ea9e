package io.godwit.cli.doctor;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Transport;
import java.util.List;

/** Finds out whether a port that does not answer plain text speaks TLS. Trusts any certificate and sends nothing. */
final class TlsProbe {
    private TlsProbe() {}

    static boolean speaksTls(TransportOptions options, Transport transport) throws InterruptedException {
        ServerAddress server = options.servers().get(0);
        if (server.scheme() != Scheme.MQTT && server.scheme() != Scheme.WS) {
            return false;
        }
        TransportOptions secure = options.toBuilder()
                .servers(List.of(ServerAddress.of(Scheme.MQTTS, server.host(), server.port())))
                .tls(Tls.builder().insecure().build())
                .build();
        return ConnectProbe.along(secure, transport).passed().stream()
                .anyMatch(each -> each.point() instanceof ConnectProgress.Encrypted);
    }
}
