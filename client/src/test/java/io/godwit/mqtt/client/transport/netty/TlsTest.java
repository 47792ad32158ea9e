package io.godwit.mqtt.client.transport.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.EventLoop;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
        value = Tls.Engine.class,
        names = {"JDK", "BORINGSSL"})
@DisplayName("TLS")
class TlsTest {

    private static X509Bundle authority;
    private static X509Bundle stranger;
    private static X509Bundle good;

    private final Tls.Engine engine;
    private final NettyTransport transport = new NettyTransport(1);
    private final EventLoop loop = transport.nextLoop();
    private final Recorder recorder = new Recorder(loop);

    @TempDir
    Path folder;

    TlsTest(Tls.Engine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void issue() throws Exception {
        authority =
                certificate("CN=Test Authority").setIsCertificateAuthority(true).buildSelfSigned();
        stranger = certificate("CN=Strange Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        good = local().buildIssuedBy(authority);
    }

    @BeforeEach
    void engineIsThere() {
        if (engine == Tls.Engine.BORINGSSL) {
            assumeTrue(OpenSsl.isAvailable(), "no BoringSSL");
        }
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private static CertificateBuilder certificate(String subject) {
        return new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .notBefore(Instant.now().minus(Duration.ofDays(2)))
                .notAfter(Instant.now().plus(Duration.ofDays(2)));
    }

    private static CertificateBuilder local() {
        return certificate("CN=broker").addSanDnsName("localhost").addSanIpAddress("127.0.0.1");
    }

    static EchoServer server(X509Bundle bundle, EchoServer.Service service, String... versions) throws Exception {
        return server(bundle, null, List.of(), service, versions);
    }

    private static EchoServer server(
            X509Bundle bundle, X509Bundle clients, List<String> alpn, EchoServer.Service service, String... versions)
            throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                bundle.toKeyManagerFactory().getKeyManagers(),
                clients == null ? null : clients.toTrustManagerFactory().getTrustManagers(),
                null);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        SSLParameters parameters = socket.getSSLParameters();
        if (!alpn.isEmpty()) {
            parameters.setApplicationProtocols(alpn.toArray(new String[0]));
        }
        if (versions.length > 0) {
            parameters.setProtocols(versions);
        }
        parameters.setNeedClientAuth(clients != null);
        socket.setSSLParameters(parameters);
        return new EchoServer(socket, service);
    }

    private Tls.Builder trusting(X509Bundle ca) {
        return Tls.builder().engine(engine).ca(ca.getRootCertificatePEM());
    }

    private TransportOptions road(EchoServer server, Tls.Builder tls) {
        return TransportOptions.to("mqtts://localhost:" + server.port()).toBuilder()
                .tls(tls.build())
                .resolver(host -> List.of(InetAddress.getByName("127.0.0.1")))
                .build();
    }

    private TransportException failure(X509Bundle certificate, Tls.Builder tls) throws Exception {
        try (EchoServer server = server(certificate, EchoServer::echo)) {
            transport.open(loop, road(server, tls), recorder);
            TransportException failure = recorder.failure();
            assertThat(failure.phase()).isEqualTo(ConnectPhase.TLS);
            assertThat(failure.isTimeout()).isFalse();
            return failure;
        }
    }

    @Test
    void carriesAMegabyteInOrder() throws Exception {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        try (EchoServer server = server(good, EchoServer::echo)) {
            transport.open(loop, road(server, trusting(authority)), recorder);
            for (int i = 0; i < bytes.length; i += 4096) {
                recorder.send(Arrays.copyOfRange(bytes, i, i + 4096));
            }

            recorder.awaitBytes(bytes.length);

            assertThat(recorder.bytes()).isEqualTo(bytes);
            assertThat(recorder.connection().describe()).contains("TLSv1.3");
        }
    }

    @Test
    void tls12WorksToo() throws Exception {
        try (EchoServer server = server(good, EchoServer::echo, "TLSv1.2")) {
            transport.open(loop, road(server, trusting(authority)), recorder);
            recorder.send("old");

            recorder.awaitText("old");
            assertThat(recorder.connection().describe()).contains("TLSv1.2");
        }
    }

    @Test
    @DisplayName("close(true) says goodbye in TLS and ends in order")
    void closes() throws Exception {
        List<String> got = new CopyOnWriteArrayList<>();
        try (EchoServer server = server(
                good, socket -> got.add(new String(socket.getInputStream().readAllBytes(), UTF_8)))) {
            transport.open(loop, road(server, trusting(authority)), recorder);
            recorder.send("last words");
            recorder.connection().close(true);

            assertThat(recorder.end()).isNull();
            await().untilAsserted(() -> assertThat(got).containsExactly("last words"));
        }
    }

    @Test
    void expired() throws Exception {
        X509Bundle old =
                local().notAfter(Instant.now().minus(Duration.ofDays(1))).buildIssuedBy(authority);

        assertThat(failure(old, trusting(authority)))
                .hasMessageContaining("the server's certificate has expired on 20")
                .hasMessageContaining("certificate of CN=broker for [localhost, 127.0.0.1]")
                .hasMessageContaining("issued by CN=Test Authority")
                .hasMessageContaining("docs/tls.md#expired");
    }

    @Test
    void notYetValid() throws Exception {
        X509Bundle early =
                local().notBefore(Instant.now().plus(Duration.ofDays(1))).buildIssuedBy(authority);

        assertThat(failure(early, trusting(authority))).hasMessageContaining("is not valid yet, only from");
    }

    @Test
    void wrongHost() throws Exception {
        X509Bundle other =
                certificate("CN=other").addSanDnsName("other.example").buildIssuedBy(authority);

        assertThat(failure(other, trusting(authority)))
                .hasMessageContaining("is for another host: it is for [other.example], not for localhost");
    }

    @Test
    void selfSigned() throws Exception {
        X509Bundle self = local().setIsCertificateAuthority(true).buildSelfSigned();

        assertThat(failure(self, trusting(authority))).hasMessageContaining("signed by nobody but itself");
    }

    @Test
    void unknownAuthority() throws Exception {
        X509Bundle foreign = local().buildIssuedBy(stranger);

        assertThat(failure(foreign, trusting(authority)))
                .hasMessageContaining("from an authority that is not trusted here")
                .hasMessageContaining("issued by CN=Strange Authority");
    }

    @Test
    @DisplayName("by default the system's authorities are trusted, and ours is none")
    void systemTrust() throws Exception {
        assertThat(failure(good, Tls.builder().engine(engine))).hasMessageContaining("not trusted here");
    }

    @Test
    void pinMismatch() throws Exception {
        assertThat(failure(good, trusting(authority).pin("00".repeat(32))))
                .hasMessageContaining("no certificate or key of the server has a pinned SHA-256 sum")
                .hasMessageContaining(sha256(good.getCertificate().getEncoded()));
    }

    @Test
    void protocolTooOld() throws Exception {
        try (EchoServer server = server(good, EchoServer::echo, "TLSv1.2")) {
            transport.open(loop, road(server, trusting(authority).versions("TLSv1.3")), recorder);

            assertThat(recorder.failure())
                    .hasMessageContaining("protocol is too old")
                    .hasMessageContaining("TLSv1.3");
        }
    }

    @Test
    @DisplayName("a server that knows TLS 1.1 only says so with an alert")
    void protocolVersionAlert() throws Exception {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream().write(new byte[] {21, 3, 2, 0, 2, 2, 70});
        })) {
            transport.open(loop, road(server, trusting(authority)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("protocol is too old");
        }
    }

    @Test
    void pinsMatchCertificateKeyOrAuthority() throws Exception {
        for (String pin : List.of(
                sha256(good.getCertificate().getEncoded()),
                "sha256/"
                        + Base64.getEncoder()
                                .encodeToString(MessageDigest.getInstance("SHA-256")
                                        .digest(good.getCertificate()
                                                .getPublicKey()
                                                .getEncoded())))) {
            try (EchoServer server = server(good, EchoServer::echo)) {
                Recorder each = new Recorder(loop);
                transport.open(
                        loop,
                        road(server, trusting(authority).pin("11".repeat(32)).pin(pin)),
                        each);
                each.connection();
            }
        }
    }

    @Test
    @DisplayName("insecure: every certificate is taken, but pins are insisted on")
    void insecure() throws Exception {
        X509Bundle awful = certificate("CN=x")
                .notAfter(Instant.now().minus(Duration.ofDays(1)))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        try (EchoServer server = server(awful, EchoServer::echo)) {
            transport.open(loop, road(server, Tls.builder().engine(engine).insecure()), recorder);
            recorder.send("x");
            recorder.awaitText("x");

            Recorder pinned = new Recorder(loop);
            Tls.Builder tls = Tls.builder().engine(engine).insecure().pin("00".repeat(32));
            transport.open(loop, road(server, tls), pinned);
            assertThat(pinned.failure()).hasMessageContaining("pinned");
        }
    }

    @Test
    void theHostNameCanBeLeftOutOrNamed() throws Exception {
        X509Bundle other =
                certificate("CN=other").addSanDnsName("other.example").buildIssuedBy(authority);
        try (EchoServer server = server(other, EchoServer::echo)) {
            transport.open(loop, road(server, trusting(authority).hostNameChecked(false)), recorder);
            recorder.connection();

            Recorder named = new Recorder(loop);
            transport.open(loop, road(server, trusting(authority).serverName("other.example")), named);
            named.connection();
        }
    }

    @Test
    @DisplayName("mutual: with PEM, with a key store, refused without")
    void mutual() throws Exception {
        X509Bundle mine = certificate("CN=client").buildIssuedBy(authority);
        Path store = folder.resolve("client.p12");
        try (var out = Files.newOutputStream(store)) {
            mine.toKeyStore("changeit".toCharArray()).store(out, "changeit".toCharArray());
        }
        EchoServer.Service greet = socket -> {
            String name = ((SSLSocket) socket).getSession().getPeerPrincipal().getName();
            socket.getOutputStream().write(name.getBytes(UTF_8));
            EchoServer.echo(socket);
        };
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (EchoServer server = server(good, authority, List.of(), greet, version)) {
                Recorder pem = new Recorder(loop);
                transport.open(
                        loop,
                        road(
                                server,
                                trusting(authority)
                                        .certificate(mine.getCertificatePathPEM())
                                        .key(mine.getPrivateKeyPEM())),
                        pem);
                pem.awaitText("CN=client");

                Recorder p12 = new Recorder(loop);
                transport.open(loop, road(server, trusting(authority).keyStore(store, "changeit")), p12);
                p12.awaitText("CN=client");

                Recorder without = new Recorder(loop);
                transport.open(loop, road(server, trusting(authority)), without);
                await().until(() -> without.failed.isDone() || without.closed.isDone());
                Throwable refused = without.failed.isDone() ? without.failed.join() : without.end();
                assertThat(refused)
                        .as(version)
                        .isInstanceOf(TransportException.class)
                        .hasMessageContaining("client certificate");
            }
        }
    }

    @Test
    void aForeignClientCertificateIsRefusedByName() throws Exception {
        X509Bundle foreign = certificate("CN=client").buildIssuedBy(stranger);
        try (EchoServer server = server(good, authority, List.of(), EchoServer::echo, "TLSv1.2")) {
            Tls.Builder tls = trusting(authority)
                    .certificate(foreign.getCertificatePathPEM())
                    .key(foreign.getPrivateKeyPEM());
            transport.open(loop, road(server, tls), recorder);

            assertThat(recorder.failure()).hasMessageContaining("client certificate");
        }
    }

    @Test
    void alpn() throws Exception {
        List<String> spoken = new CopyOnWriteArrayList<>();
        try (EchoServer server = server(good, null, List.of("x-amzn-mqtt-ca", "other"), socket -> {
            socket.getInputStream().read();
            spoken.add(((SSLSocket) socket).getApplicationProtocol());
        })) {
            transport.open(loop, road(server, trusting(authority).applicationProtocols("x-amzn-mqtt-ca")), recorder);
            recorder.send("x");

            await().untilAsserted(() -> assertThat(spoken).containsExactly("x-amzn-mqtt-ca"));
            recorder.end();
        }
    }

    @Test
    @DisplayName("rotation: files are read at each connect")
    void rotation() throws Exception {
        Path ca = folder.resolve("ca.pem");
        Files.writeString(ca, stranger.getRootCertificatePEM());
        Tls tls = Tls.builder().engine(engine).ca(ca).build();
        try (EchoServer server = server(good, EchoServer::echo)) {
            TransportOptions road =
                    road(server, trusting(authority)).toBuilder().tls(tls).build();
            transport.open(loop, road, recorder);
            assertThat(recorder.failure()).hasMessageContaining("not trusted");

            Files.writeString(ca, authority.getRootCertificatePEM());
            Recorder rotated = new Recorder(loop);
            transport.open(loop, road, rotated);
            rotated.connection();

            Files.delete(ca);
            Recorder gone = new Recorder(loop);
            transport.open(loop, road, gone);
            assertThat(gone.failure())
                    .hasMessageContaining("the CA certificates cannot be read: there is no file " + ca);
        }
    }

    @Test
    @DisplayName("rotation: a key that is not the certificate's, as between two renames, is told so")
    void aKeyOfAnotherCertificate() throws Exception {
        Tls.Builder tls = trusting(authority)
                .certificate(certificate("CN=client").buildIssuedBy(authority).getCertificatePathPEM())
                .key(stranger.getPrivateKeyPEM());

        assertThat(failure(good, tls))
                .hasMessageContaining("cannot begin")
                .hasMessageContaining("does not belong to the first certificate");
    }

    @Test
    void trustStore() throws Exception {
        Path store = folder.resolve("trust.jks");
        KeyStore keys = KeyStore.getInstance("JKS");
        keys.load(null, null);
        keys.setCertificateEntry("ca", authority.getCertificate());
        try (var out = Files.newOutputStream(store)) {
            keys.store(out, "changeit".toCharArray());
        }
        try (EchoServer server = server(good, EchoServer::echo)) {
            transport.open(loop, road(server, Tls.builder().engine(engine).trustStore(store, "changeit")), recorder);
            recorder.connection();

            Recorder wrong = new Recorder(loop);
            transport.open(loop, road(server, Tls.builder().engine(engine).trustStore(store, "wrong-one")), wrong);
            assertThat(wrong.failure())
                    .hasMessageContaining("the password is wrong")
                    .hasMessageNotContaining("wrong-one");
        }
    }

    @Test
    void aPlainPortIsToldSo() throws Exception {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("220 hello, this is no TLS\r\n".getBytes(UTF_8));
            socket.getInputStream().readAllBytes();
        })) {
            transport.open(loop, road(server, trusting(authority)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("not in TLS");
        }
    }

    @Test
    void aServerThatHangsUpIsToldSo() throws Exception {
        try (EchoServer server =
                new EchoServer(socket -> socket.getInputStream().read(new byte[4096]))) {
            transport.open(loop, road(server, trusting(authority)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("closed the connection during the handshake");
        }
    }

    @Test
    void theHandshakeHasATimeLimit() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            TransportOptions road = road(server, trusting(authority)).toBuilder()
                    .handshakeTimeout(Duration.ofMillis(300))
                    .build();
            transport.open(loop, road, recorder);

            assertThat(recorder.failure().isTimeout()).isTrue();
            assertThat(recorder.failure().phase()).isEqualTo(ConnectPhase.TLS);
            assertThat(recorder.failure()).hasMessageContaining("not agreed on within 300 ms");
        } finally {
            hold.countDown();
        }
    }

    @Test
    void cancelDuringTheHandshakeLeavesNothing() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            long before = OpenSockets.count();
            Attempt attempt = transport.open(loop, road(server, trusting(authority)), recorder);
            await().until(() -> server.accepted.get() == 1);
            attempt.cancel();
            hold.countDown();

            await().until(() -> OpenSockets.count() == before);
            assertThat(recorder.calls.get()).isZero();
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
