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
 * Examines one server: the options, CONNECT in each version, what the broker allows, and a message there and back. Leaves
 * nothing behind: sessions are clean, topics are the doctor's own, what it retains it clears.
 */
public final class Doctor {
    private final Transport transport;
    private final Report report;
    private final Request request;

    /**
     * What to check.
     *
     * @param options for a single server
     * @param builder the client's builder with all that the command line says, for a version
     * @param wanted the version that has to work; null when any will do
     * @param identified whether the client identifier is the user's choice
     * @param hasUser whether a user is named
     * @param topics below which the doctor may publish and subscribe
     * @param limit of each step
     */
    public record Request(
            TransportOptions options,
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
     * Runs the checks in order and stops where a later one makes no sense.
     *
     * @param publishing whether it may publish and subscribe; else it ends with what CONNACK says
     * @throws InterruptedException when interrupted; its clients are then disconnected
     */
    public void examine(boolean publishing) throws InterruptedException {
        TransportOptions asked = request.options().toBuilder()
                .resolveTimeout(request.limit())
                .connectTimeout(request.limit())
                .handshakeTimeout(request.limit())
                .build();
        report.add(address(asked));
        TransportOptions options = new TransportCheck(asked, transport, report).run();
        if (options == null) {
            return;
        }
        try (Clients clients = new Clients(
                version -> request.builder().apply(version).transport(options),
                request.identified(),
                request.topics(),
                request.limit())) {
            ConnectCheck connect = new ConnectCheck(
                    options, clients, report, request.wanted(), request.hasUser(), new UnknownPeer(options));
            ProtocolVersion version = connect.connect();
            if (version != null) {
                LimitsCheck.run(version, connect.result(version), report);
                if (publishing) {
                    probe(clients, version, connect.result(version));
                }
            }
        }
    }

    private void probe(Clients clients, ProtocolVersion version, ConnectResult connack) throws InterruptedException {
        ProbeSession session = new ProbeSession(clients, version, connack.properties(), report);
        new IdentifierCheck(session).run();
        if (new EchoCheck(session).run()) {
            new RetainedCheck(session).run();
            FilterCheck filters = new FilterCheck(session);
            filters.wildcards();
            filters.shared();
            new SessionCheck(session).run();
            new SizeCheck(session).run();
        }
    }

    private static Finding address(TransportOptions options) {
        ServerAddress server = options.servers().get(0).withoutCredentials();
        String spoken = switch (server.scheme()) {
            case MQTT -> "MQTT over TCP";
            case MQTTS -> "MQTT over TLS";
            case WS -> "MQTT over WebSocket";
            case WSS -> "MQTT over WebSocket over TLS";
            case UNIX -> "MQTT over a unix socket";
        };
        Finding finding = Finding.good(CheckStep.ADDRESS, server + ": " + spoken)
                .fact("scheme", server.scheme().text());
        if (options.proxy() != null && server.scheme() != Scheme.UNIX) {
            finding = finding.detail("through the proxy " + options.proxy());
        }
        String name = options.tls().serverName();
        if (server.scheme().isTls() && name != null) {
            finding = finding.detail("the certificate has to be for " + name);
        }
        return finding;
    }

    /** Whoever is at the end of the options. */
    private final class UnknownPeer implements ConnectCheck.UnknownPeer {
        private final TransportOptions options;

        UnknownPeer(TransportOptions options) {
            this.options = options;
        }

        @Override
        public String who() throws InterruptedException {
            return FirstBytes.ask(options, transport, request.limit());
        }

        @Override
        public boolean speaksTls() throws InterruptedException {
            return TlsProbe.speaksTls(options, transport);
        }
    }
}
