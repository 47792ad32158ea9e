package io.godwit.mqtt.client.net;

import io.godwit.checks.Mosquitto;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Mosquitto with a listener for each transport: plain, TLS, mutual TLS, WebSocket, WebSocket over TLS, unix socket. */
final class MosquittoListeners implements AutoCloseable {
    final X509Bundle authority;
    final Path unix;
    final int tcp;
    final int tls;
    final int mutual;
    final int ws;
    final int wss;

    private final Mosquitto broker;

    MosquittoListeners(Path folder) throws Exception {
        unix = folder.resolve("mqtt.sock");
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=Mosquitto Test Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        String[] certificates = certificates(folder);
        broker = Mosquitto.in(folder)
                .anonymous()
                .listener()
                .listener(certificates)
                .listener(certificates)
                .settings("require_certificate true", "use_identity_as_username true")
                .listener("socket_domain ipv4", "protocol websockets")
                .listener("socket_domain ipv4", "protocol websockets")
                .settings(certificates)
                .settings("listener 0 " + unix)
                .start();
        tcp = broker.port(0);
        tls = broker.port(1);
        mutual = broker.port(2);
        ws = broker.port(3);
        wss = broker.port(4);
    }

    private String[] certificates(Path folder) throws Exception {
        X509Bundle server = new CertificateBuilder()
                .ecp256()
                .subject("CN=broker")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        Files.writeString(folder.resolve("server.pem"), server.getCertificatePathPEM());
        Files.writeString(folder.resolve("server.key"), server.getPrivateKeyPEM());
        return new String[] {
            "cafile " + folder + "/ca.pem", "certfile " + folder + "/server.pem", "keyfile " + folder + "/server.key"
        };
    }

    X509Bundle client(String name) throws Exception {
        return new CertificateBuilder().ecp256().subject("CN=" + name).buildIssuedBy(authority);
    }

    void restart() throws IOException {
        broker.restart();
    }

    String log() {
        return broker.log();
    }

    @Override
    public void close() {
        broker.close();
    }
}
