package io.godwit.cli.doctor;

import io.godwit.mqtt.client.road.Road;
import io.godwit.mqtt.client.road.ServerAddress;
import io.godwit.mqtt.client.road.ServerAddress.Scheme;
import io.godwit.mqtt.client.road.Tls;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.Waypoint;
import java.util.List;

/** Finds out whether a port that does not answer in the clear speaks TLS. Trusts any certificate, and says nothing to it. */
final class TlsProbe {
    private TlsProbe() {}

    static boolean speaksTls(Road road, Transport transport) throws InterruptedException {
        ServerAddress server = road.servers().get(0);
        if (server.scheme() != Scheme.MQTT && server.scheme() != Scheme.WS) {
            return false;
        }
        Road secure = road.toBuilder()
                .servers(List.of(ServerAddress.of(Scheme.MQTTS, server.host(), server.port())))
                .tls(Tls.builder().insecure().build())
                .build();
        return Walk.along(secure, transport).passed().stream()
                .anyMatch(each -> each.point() instanceof Waypoint.Encrypted);
    }
}
