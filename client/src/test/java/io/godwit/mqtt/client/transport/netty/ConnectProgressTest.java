package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.tls.CertificateRejected;
import io.godwit.mqtt.client.transport.tls.TlsCheck;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The waypoints of a options")
class ConnectProgressTest {
    private final NettyTransport transport = new NettyTransport(1);
    private final Recorder recorder = new Recorder(transport.nextLoop());

    @AfterEach
    void close() {
        transport.close();
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=broker")
                .addSanDnsName("broker.example")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static TransportOptions options(String address, EchoServer proxy, Tls tls) {
        return TransportOptions.to(address).toBuilder()
                .proxy(ProxyServer.parse("http://proxy.example:" + proxy.port()))
                .resolver(host -> List.of(InetAddress.getByName("127.0.0.1")))
                .tls(tls)
                .build();
    }

    @Test
    @DisplayName("name, address, proxy, TLS and WebSocket are reported in this order, before the connection")
    void in_order() throws Exception {
        X509Bundle certificate = certificate();
        try (EchoServer server = TlsTest.server(certificate, socket -> {
                    WebSocketServer upgrade = new WebSocketServer(socket);
                    socket.getOutputStream().write(upgrade.granted("mqtt"));
                    socket.getInputStream().read();
                });
                EchoServer proxy = ProxyTest.httpProxy("", new CopyOnWriteArrayList<>())) {
            transport.open(
                    recorder.loop,
                    options(
                            "wss://broker.example:" + server.port(),
                            proxy,
                            Tls.builder().ca(certificate.getCertificatePEM()).build()),
                    recorder);
            recorder.connection().close(true);

            assertThat(recorder.progress)
                    .extracting(waypoint -> (Object) waypoint.getClass().getSimpleName())
                    .containsExactly("Resolved", "Reached", "ProxyPassed", "Encrypted", "Upgraded");
            assertThat(recorder.progress.get(0))
                    .isEqualTo(new ConnectProgress.Resolved(
                            "proxy.example", proxy.port(), List.of(InetAddress.getByName("127.0.0.1"))));
            ConnectProgress.Encrypted encrypted = (ConnectProgress.Encrypted) recorder.progress.get(3);
            assertThat(((X509Certificate) encrypted.session().getPeerCertificates()[0]).getSubjectX500Principal())
                    .hasToString("CN=broker");
        }
    }

    @Test
    @DisplayName("a certificate that is refused tells the chain that came, and which check it failed")
    void refused() throws Exception {
        try (EchoServer server = TlsTest.server(certificate(), EchoServer::echo);
                EchoServer proxy = ProxyTest.httpProxy("", new CopyOnWriteArrayList<>())) {
            transport.open(
                    recorder.loop, options("mqtts://broker.example:" + server.port(), proxy, Tls.system()), recorder);
            CertificateRejected rejected = CertificateRejected.in(recorder.failure());

            assertThat(rejected.check()).isEqualTo(TlsCheck.SELF_SIGNED);
            assertThat(rejected.chain()).hasSize(1);
            assertThat(recorder.progress).hasSize(3).last().isInstanceOf(ConnectProgress.ProxyPassed.class);
        }
    }
}
