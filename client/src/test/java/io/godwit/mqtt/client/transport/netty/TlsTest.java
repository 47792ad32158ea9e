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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private TransportOptions options(EchoServer server, Tls.Builder tls) {
        return TransportOptions.to("mqtts://localhost:" + server.port()).toBuilder()
                .tls(tls.build())
                .resolver(host -> List.of(InetAddress.getByName("127.0.0.1")))
                .build();
    }

    private TransportException failure(X509Bundle certificate, Tls.Builder tls) throws Exception {
        try (EchoServer server = server(certificate, EchoServer::echo)) {
            transport.open(loop, options(server, tls), recorder);
            TransportException failure = recorder.failure();
            assertThat(failure.phase()).isEqualTo(ConnectPhase.TLS);
            assertThat(failure.isTimeout()).isFalse();
            return failure;
        }
    }

    @Test
    void carries_a_megabyte_in_order() throws Exception {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        try (EchoServer server = server(good, EchoServer::echo)) {
            transport.open(loop, options(server, trusting(authority)), recorder);
            for (int i = 0; i < bytes.length; i += 4096) {
                recorder.send(Arrays.copyOfRange(bytes, i, i + 4096));
            }

            recorder.awaitBytes(bytes.length);

            assertThat(recorder.bytes()).isEqualTo(bytes);
            assertThat(recorder.connection().describe()).contains("TLSv1.3");
        }
    }

    @Test
    void tls12_works_too() throws Exception {
        try (EchoServer server = server(good, EchoServer::echo, "TLSv1.2")) {
            transport.open(loop, options(server, trusting(authority)), recorder);
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
            transport.open(loop, options(server, trusting(authority)), recorder);
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
    void not_yet_valid() throws Exception {
        X509Bundle early =
                local().notBefore(Instant.now().plus(Duration.ofDays(1))).buildIssuedBy(authority);

        assertThat(failure(early, trusting(authority))).hasMessageContaining("is not valid yet before");
    }

    @Test
    void wrong_host() throws Exception {
        X509Bundle other =
                certificate("CN=other").addSanDnsName("other.example").buildIssuedBy(authority);

        assertThat(failure(other, trusting(authority)))
                .hasMessageContaining("is for another host: it is for [other.example], not for localhost");
    }

    @Test
    void self_signed() throws Exception {
        X509Bundle self = local().setIsCertificateAuthority(true).buildSelfSigned();

        assertThat(failure(self, trusting(authority))).hasMessageContaining("certificate is self-signed");
    }

    @Test
    void unknown_authority() throws Exception {
        X509Bundle foreign = local().buildIssuedBy(stranger);

        assertThat(failure(foreign, trusting(authority)))
                .hasMessageContaining("from an authority that is not trusted")
                .hasMessageContaining("issued by CN=Strange Authority");
    }

    @Test
    @DisplayName("by default the system's authorities are trusted, and ours is not one")
    void system_trust() throws Exception {
        assertThat(failure(good, Tls.builder().engine(engine))).hasMessageContaining("not trusted");
    }

    @Test
    void pin_mismatch() throws Exception {
        assertThat(failure(good, trusting(authority).pin("00".repeat(32))))
                .hasMessageContaining("no certificate or key on the validated path matches a pin")
                .hasMessageContaining(sha256(good.getCertificate().getEncoded()));
    }

    @Test
    void protocol_too_old() throws Exception {
        try (EchoServer server = server(good, EchoServer::echo, "TLSv1.2")) {
            transport.open(loop, options(server, trusting(authority).versions("TLSv1.3")), recorder);

            assertThat(recorder.failure())
                    .hasMessageContaining("none of the permitted versions")
                    .hasMessageContaining("TLSv1.3");
        }
    }

    @Test
    @DisplayName("a server that knows TLS 1.1 only says so with an alert")
    void protocol_version_alert() throws Exception {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream().write(new byte[] {21, 3, 2, 0, 2, 2, 70});
        })) {
            transport.open(loop, options(server, trusting(authority)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("none of the permitted versions");
        }
    }

    @Test
    void pins_match_certificate_key_or_authority() throws Exception {
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
                        options(server, trusting(authority).pin("11".repeat(32)).pin(pin)),
                        each);
                each.connection();
            }
        }
    }

    @Test
    @DisplayName("insecure: every certificate is accepted, but pins are checked")
    void insecure() throws Exception {
        X509Bundle awful = certificate("CN=x")
                .notAfter(Instant.now().minus(Duration.ofDays(1)))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        try (EchoServer server = server(awful, EchoServer::echo)) {
            transport.open(loop, options(server, Tls.builder().engine(engine).insecure()), recorder);
            recorder.send("x");
            recorder.awaitText("x");

            Recorder pinned = new Recorder(loop);
            Tls.Builder tls = Tls.builder().engine(engine).insecure().pin("00".repeat(32));
            transport.open(loop, options(server, tls), pinned);
            assertThat(pinned.failure()).hasMessageContaining("matches a pin");
        }
    }

    @Test
    void the_host_name_can_be_left_out_or_named() throws Exception {
        X509Bundle other =
                certificate("CN=other").addSanDnsName("other.example").buildIssuedBy(authority);
        try (EchoServer server = server(other, EchoServer::echo)) {
            transport.open(loop, options(server, trusting(authority).hostNameChecked(false)), recorder);
            recorder.connection();

            Recorder named = new Recorder(loop);
            transport.open(loop, options(server, trusting(authority).serverName("other.example")), named);
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
                        options(
                                server,
                                trusting(authority)
                                        .certificate(mine.getCertificatePathPEM())
                                        .key(mine.getPrivateKeyPEM())),
                        pem);
                pem.awaitText("CN=client");

                Recorder p12 = new Recorder(loop);
                transport.open(loop, options(server, trusting(authority).keyStore(store, "changeit")), p12);
                p12.awaitText("CN=client");

                Recorder without = new Recorder(loop);
                transport.open(loop, options(server, trusting(authority)), without);
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
    void a_foreign_client_certificate_is_refused_by_name() throws Exception {
        X509Bundle foreign = certificate("CN=client").buildIssuedBy(stranger);
        try (EchoServer server = server(good, authority, List.of(), EchoServer::echo, "TLSv1.2")) {
            Tls.Builder tls = trusting(authority)
                    .certificate(foreign.getCertificatePathPEM())
                    .key(foreign.getPrivateKeyPEM());
            transport.open(loop, options(server, tls), recorder);

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
            transport.open(loop, options(server, trusting(authority).applicationProtocols("x-amzn-mqtt-ca")), recorder);
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
            TransportOptions options =
                    options(server, trusting(authority)).toBuilder().tls(tls).build();
            transport.open(loop, options, recorder);
            assertThat(recorder.failure()).hasMessageContaining("not trusted");

            Files.writeString(ca, authority.getRootCertificatePEM());
            Recorder rotated = new Recorder(loop);
            transport.open(loop, options, rotated);
            rotated.connection();

            Files.delete(ca);
            Recorder gone = new Recorder(loop);
            transport.open(loop, options, gone);
            assertThat(gone.failure()).hasMessageContaining("cannot read the CA certificates: no such file: " + ca);
        }
    }

    @Test
    @DisplayName("rotation: a key that is not the certificate's, as between two renames, is reported as such")
    void a_key_of_another_certificate() throws Exception {
        Tls.Builder tls = trusting(authority)
                .certificate(certificate("CN=client").buildIssuedBy(authority).getCertificatePathPEM())
                .key(stranger.getPrivateKeyPEM());

        assertThat(failure(good, tls))
                .hasMessageContaining("cannot start TLS")
                .hasMessageContaining("doesn't belong to the first certificate");
    }

    @Test
    void trust_store() throws Exception {
        Path store = folder.resolve("trust.jks");
        KeyStore keys = KeyStore.getInstance("JKS");
        keys.load(null, null);
        keys.setCertificateEntry("ca", authority.getCertificate());
        try (var out = Files.newOutputStream(store)) {
            keys.store(out, "changeit".toCharArray());
        }
        try (EchoServer server = server(good, EchoServer::echo)) {
            transport.open(loop, options(server, Tls.builder().engine(engine).trustStore(store, "changeit")), recorder);
            recorder.connection();

            Recorder wrong = new Recorder(loop);
            transport.open(loop, options(server, Tls.builder().engine(engine).trustStore(store, "wrong-one")), wrong);
            assertThat(wrong.failure())
                    .hasMessageContaining("the password is wrong")
                    .hasMessageNotContaining("wrong-one");
        }
    }

    @Test
    void a_plain_port_is_named_as_the_cause() throws Exception {
        try (EchoServer server = new EchoServer(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("220 hello, this is no TLS\r\n".getBytes(UTF_8));
            socket.getInputStream().readAllBytes();
        })) {
            transport.open(loop, options(server, trusting(authority)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("is not TLS");
        }
    }

    @Test
    void a_server_that_hangs_up_is_named_as_the_cause() throws Exception {
        try (EchoServer server =
                new EchoServer(socket -> socket.getInputStream().read(new byte[4096]))) {
            transport.open(loop, options(server, trusting(authority)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("closed the connection during the handshake");
        }
    }

    @Test
    void the_handshake_has_a_time_limit() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            TransportOptions options = options(server, trusting(authority)).toBuilder()
                    .handshakeTimeout(Duration.ofMillis(300))
                    .build();
            transport.open(loop, options, recorder);

            assertThat(recorder.failure().isTimeout()).isTrue();
            assertThat(recorder.failure().phase()).isEqualTo(ConnectPhase.TLS);
            assertThat(recorder.failure()).hasMessageContaining("timed out after 300 ms in the TLS handshake");
        } finally {
            hold.countDown();
        }
    }

    @Test
    void cancel_during_the_handshake_leaves_nothing() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer server = new EchoServer(socket -> hold.await())) {
            Set<String> before = OpenSockets.now();
            Attempt attempt = transport.open(loop, options(server, trusting(authority)), recorder);
            await().until(() -> server.accepted.get() == 1);
            attempt.cancel();
            hold.countDown();

            await().until(() -> OpenSockets.since(before) == 0);
            assertThat(recorder.calls.get()).isZero();
        }
    }

    /** A server that sends these certificates, whether or not they belong together. */
    private static EchoServer sending(PrivateKey key, X509Certificate... chain) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new FixedKey(key, chain)}, null, null);
        return new EchoServer(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1")),
                EchoServer::echo);
    }

    /** Always the same key, for client and server. */
    private static final class FixedKey extends X509ExtendedKeyManager {
        private final PrivateKey key;
        private final X509Certificate[] chain;

        FixedKey(PrivateKey key, X509Certificate... chain) {
            this.key = key;
            this.chain = chain;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return "key";
        }

        @Override
        public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
            return "key";
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return keyType.contains("EC") ? "key" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    private static String keyPin(X509Bundle bundle) throws Exception {
        return sha256(bundle.getCertificate().getPublicKey().getEncoded());
    }

    @Test
    @DisplayName("an attacker with a valid certificate appends the pinned one: only the validated path counts")
    void a_pinned_certificate_that_is_merely_sent_along_does_not_count() throws Exception {
        X509Bundle attacker = local().buildIssuedBy(authority);
        for (String pin : List.of(sha256(good.getCertificate().getEncoded()), keyPin(good))) {
            try (EchoServer server =
                    sending(attacker.getKeyPair().getPrivate(), attacker.getCertificate(), good.getCertificate())) {
                Recorder each = new Recorder(loop);
                transport.open(loop, options(server, trusting(authority).pin(pin)), each);

                assertThat(each.failure()).hasMessageContaining("matches a pin");
            }
        }
    }

    @Test
    @DisplayName("with insecure(), the pin must match the server's own certificate or key")
    void insecure_with_a_pin_protects_against_an_attacker() throws Exception {
        X509Bundle attacker = local().setIsCertificateAuthority(true).buildSelfSigned();
        for (String pin : List.of(sha256(good.getCertificate().getEncoded()), keyPin(good))) {
            Tls.Builder tls = Tls.builder().engine(engine).insecure().pin(pin);
            try (EchoServer server = sending(
                            attacker.getKeyPair().getPrivate(), attacker.getCertificate(), good.getCertificate());
                    EchoServer right = server(good, EchoServer::echo)) {
                Recorder attacked = new Recorder(loop);
                transport.open(loop, options(server, tls), attacked);
                assertThat(attacked.failure()).hasMessageContaining("matches a pin");

                Recorder each = new Recorder(loop);
                transport.open(loop, options(right, tls), each);
                each.connection();
            }
        }
    }

    @Test
    void an_authority_that_the_server_does_not_send_can_be_pinned() throws Exception {
        for (String pin : List.of(sha256(authority.getCertificate().getEncoded()), keyPin(authority))) {
            try (EchoServer server = sending(good.getKeyPair().getPrivate(), good.getCertificate())) {
                Recorder each = new Recorder(loop);
                transport.open(loop, options(server, trusting(authority).pin(pin)), each);

                each.connection();
            }
        }
    }

    @Test
    @DisplayName("the pin of an authority that signed nothing of the path does not count, even if the server sends it")
    void an_unrelated_authority_does_not_satisfy_a_pin() throws Exception {
        String both = authority.getRootCertificatePEM() + stranger.getRootCertificatePEM();
        try (EchoServer server =
                sending(good.getKeyPair().getPrivate(), good.getCertificate(), stranger.getCertificate())) {
            transport.open(
                    loop, options(server, Tls.builder().engine(engine).ca(both).pin(keyPin(stranger))), recorder);

            assertThat(recorder.failure()).hasMessageContaining("matches a pin");
        }
    }

    /** The files were made by OpenSSL, for my_broker and *.my_net.example. */
    private static byte[] file(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(TlsTest.class.getResourceAsStream("pem/" + name), name)) {
            return in.readAllBytes();
        }
    }

    private static EchoServer underscores() throws Exception {
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(file("underscore.pem")));
        String key = new String(file("underscore.key"), UTF_8).replaceAll("-----.*?-----|\\s", "");
        return sending(
                KeyFactory.getInstance("EC")
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key))),
                certificate);
    }

    @ParameterizedTest
    @CsvSource({
        "my_broker, true",
        "MY_BROKER, true",
        "a.my_net.example, true",
        "other_broker, false",
        "a.b.my_net.example, false",
        ".my_net.example, false",
        "my_net.example, false"
    })
    @DisplayName("host names with an underscore, as container networks have them")
    void a_host_name_with_an_underscore_is_checked_like_any_other(String host, boolean accepted) throws Exception {
        try (EchoServer server = underscores()) {
            Tls.Builder tls = Tls.builder().engine(engine).ca(new String(file("underscore-ca.pem"), UTF_8));
            transport.open(loop, to(host, server, tls), recorder);

            if (accepted) {
                recorder.connection();
            } else {
                assertThat(recorder.failure())
                        .hasMessageContaining("it is for [my_broker, *.my_net.example], not for " + host);
            }
        }
    }

    @Test
    void a_host_name_with_an_underscore_needs_a_trusted_authority_too() throws Exception {
        try (EchoServer server = underscores()) {
            transport.open(loop, to("my_broker", server, trusting(stranger)), recorder);

            assertThat(recorder.failure()).hasMessageContaining("not trusted");
        }
    }

    private TransportOptions to(String host, EchoServer server, Tls.Builder tls) {
        return TransportOptions.to("mqtts://" + host + ":" + server.port()).toBuilder()
                .tls(tls.build())
                .resolver(name -> List.of(InetAddress.getByName("127.0.0.1")))
                .build();
    }

    @Test
    @DisplayName("the application's trust manager decides; host name and pins are checked all the same")
    void a_trust_manager_of_the_application() throws Exception {
        X509TrustManager anything = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
                if (chain[0].equals(stranger.getCertificate())) {
                    throw new CertificateException("not this one");
                }
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        Tls.Builder tls = Tls.builder().engine(engine).trustManager(anything);
        X509Bundle other = certificate("CN=o").addSanDnsName("other.example").buildIssuedBy(authority);
        try (EchoServer server = server(good, EchoServer::echo);
                EchoServer elsewhere = server(other, EchoServer::echo);
                EchoServer rejected = server(stranger, EchoServer::echo)) {
            Recorder accepted = new Recorder(loop);
            transport.open(loop, options(server, tls), accepted);
            accepted.connection();

            Recorder wrongHost = new Recorder(loop);
            transport.open(loop, options(elsewhere, tls), wrongHost);
            assertThat(wrongHost.failure()).hasMessageContaining("not for localhost");

            Recorder refused = new Recorder(loop);
            transport.open(loop, options(rejected, tls), refused);
            assertThat(refused.failure()).hasMessageContaining("not this one");

            Recorder pinned = new Recorder(loop);
            transport.open(loop, options(server, tls.pin("00".repeat(32))), pinned);
            assertThat(pinned.failure()).hasMessageContaining("matches a pin");
        }
    }

    @Test
    @DisplayName("keys from a key manager, its factory or an SSLContext, as PKCS#11, TPM and SSL bundles supply them")
    void keys_that_are_not_files() throws Exception {
        X509Bundle mine = certificate("CN=client").buildIssuedBy(authority);
        FixedKey key = new FixedKey(mine.getKeyPair().getPrivate(), mine.getCertificatePath());
        SSLContext own = SSLContext.getInstance("TLS");
        own.init(new KeyManager[] {key}, authority.toTrustManagerFactory().getTrustManagers(), null);
        Tls.Builder trusting = Tls.builder().ca(authority.getRootCertificatePEM());
        List<Tls> all = List.of(
                Tls.builder()
                        .ca(authority.getRootCertificatePEM())
                        .keyManager(key)
                        .build(),
                trusting.keyManagerFactory(mine.toKeyManagerFactory()).build(),
                Tls.builder().sslContext(own).build());
        for (Tls tls : all) {
            try (EchoServer server = server(good, authority, List.of(), EchoServer::echo)) {
                Recorder each = new Recorder(loop);
                TransportOptions options = TransportOptions.to("mqtts://localhost:" + server.port()).toBuilder()
                        .tls(tls)
                        .build();
                transport.open(loop, options, each);
                each.send("hello");
                each.awaitText("hello");
            }
        }
    }

    @Test
    void an_ssl_context_of_the_application_checks_the_host_name() throws Exception {
        X509Bundle other = certificate("CN=o").addSanDnsName("other.example").buildIssuedBy(authority);
        SSLContext own = SSLContext.getInstance("TLS");
        own.init(null, authority.toTrustManagerFactory().getTrustManagers(), null);
        try (EchoServer server = server(other, EchoServer::echo)) {
            transport.open(loop, options(server, Tls.builder().sslContext(own)), recorder);
            assertThat(recorder.failure().phase()).isEqualTo(ConnectPhase.TLS);

            Recorder unchecked = new Recorder(loop);
            transport.open(loop, options(server, Tls.builder().sslContext(own).hostNameChecked(false)), unchecked);
            unchecked.connection();
        }
    }

    @Test
    @DisplayName("mqtt:// and ws:// to a TLS port: the message says which scheme to use")
    void a_tls_port_without_tls_is_reported() throws Exception {
        for (String scheme : List.of("mqtt", "ws")) {
            try (EchoServer server = server(good, EchoServer::echo)) {
                Recorder each = new Recorder(loop);
                transport.open(loop, TransportOptions.to(scheme + "://127.0.0.1:" + server.port()), each);
                String message;
                if (scheme.equals("mqtt")) {
                    each.send("hello, this is not TLS");
                    message = each.end().getMessage();
                } else {
                    message = each.failure().getMessage();
                }

                assertThat(message).contains("expects TLS; use " + scheme + "s://");
            }
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
