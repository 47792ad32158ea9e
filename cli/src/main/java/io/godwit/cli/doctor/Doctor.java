package io.godwit.cli.doctor;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Examines one server: the road, CONNECT in each version, what the broker allows, and a message there and back. Leaves
 * nothing behind: sessions are clean, topics are the doctor's own, what it retains it clears.
 */
public final class Doctor {
    private final Transport transport;
    private final Report report;
    private final Request request;

    /**
     * What is to be examined.
     *
     * @param road to a single server
     * @param builder the client's builder with all that the command line says, for a version
     * @param wanted the version that has to work; null when any will do
     * @param identified whether the client identifier is the user's choice
     * @param hasUser whether a user is named
     * @param topics below which the doctor may publish and subscribe
     * @param limit of each step
     */
    public record Request(
            TransportOptions road,
            Function<ProtocolVersion, MqttClientBuilder> builder,
            @Nullable ProtocolVersion wanted,
            boolean identified,
            boolean hasUser,
            String topics,
            Duration limit) {}

    public Doctor(Transport transport, Report report, Request request) {
        this.transport = transport;
        this.report = report;
        this.request = request;
    }

    /**
     * Examines, as far as the road leads.
     *
     * @throws InterruptedException when the doctor is sent away; its clients have then left
     */
    public void examine() throws InterruptedException {
        TransportOptions asked = request.road().toBuilder()
                .resolveTimeout(request.limit())
                .connectTimeout(request.limit())
                .handshakeTimeout(request.limit())
                .build();
        report.add(address(asked));
        TransportOptions road = new TransportCheck(asked, transport, report).walk();
        if (road == null) {
            return;
        }
        try (Clients clients = new Clients(
                version -> request.builder().apply(version).road(road),
                request.identified(),
                request.topics(),
                request.limit())) {
            ConnectCheck connect =
                    new ConnectCheck(road, clients, report, request.wanted(), request.hasUser(), new UnknownPeer(road));
            ProtocolVersion version = connect.connect();
            if (version != null) {
                trials(clients, version, connect.result(version));
            }
        }
    }

    private void trials(Clients clients, ProtocolVersion version, ConnectResult connack) throws InterruptedException {
        LimitsCheck.run(version, connack, report);
        ProbeSession trial = new ProbeSession(clients, version, connack.properties(), report);
        new IdentifierCheck(trial).run();
        if (new EchoCheck(trial).run()) {
            new RetainedCheck(trial).run();
            FilterCheck filters = new FilterCheck(trial);
            filters.wildcards();
            filters.shared();
            new SessionCheck(trial).run();
            new SizeCheck(trial).run();
        }
    }

    private static Finding address(TransportOptions road) {
        ServerAddress server = road.servers().get(0);
        String spoken = switch (server.scheme()) {
            case MQTT -> "MQTT over TCP";
            case MQTTS -> "MQTT over TLS";
            case WS -> "MQTT over WebSocket";
            case WSS -> "MQTT over WebSocket over TLS";
            case UNIX -> "MQTT over a unix socket";
        };
        Finding finding = Finding.good(CheckStep.ADDRESS, server + ": " + spoken)
                .fact("scheme", server.scheme().text());
        if (road.proxy() != null && server.scheme() != Scheme.UNIX) {
            finding = finding.detail("through the proxy " + road.proxy());
        }
        String name = road.tls().serverName();
        if (server.scheme().isTls() && name != null) {
            finding = finding.detail("the certificate has to be for " + name);
        }
        return finding;
    }

    /** Whoever is at the end of the road. */
    private final class UnknownPeer implements ConnectCheck.UnknownPeer {
        private final TransportOptions road;

        UnknownPeer(TransportOptions road) {
            this.road = road;
        }

        @Override
        public String who() throws InterruptedException {
            return FirstBytes.ask(road, transport, request.limit());
        }

        @Override
        public boolean speaksTls() throws InterruptedException {
            return TlsProbe.speaksTls(road, transport);
        }
    }
}
