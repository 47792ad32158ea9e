package io.godwit.cli;

import static io.godwit.cli.Examined.doctor;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import io.godwit.cli.output.ExitCodes;
import io.godwit.testkit.TestBroker;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor and TLS: the chain that a server sends, and which check it fails. */
@DisplayName("godwit doctor and TLS")
class DoctorTlsTest {
    @TempDir
    static Path folder;

    private static X509Bundle authority;
    private static Path ca;

    @BeforeAll
    static void issue() throws Exception {
        authority = certificate("CN=Test Authority", 300)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        ca = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
    }

    private static CertificateBuilder certificate(String subject, int days) {
        return new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .notBefore(Instant.now().minus(Duration.ofDays(400)))
                .notAfter(Instant.now().plus(Duration.ofDays(days)).plus(Duration.ofHours(1)));
    }

    private static TestBroker.Builder broker(String name, int days) throws Exception {
        X509Bundle bundle = certificate("CN=broker", days).addSanDnsName(name).buildIssuedBy(authority);
        Path chain = Files.createTempFile(folder, "chain", ".pem");
        Path key = Files.createTempFile(folder, "key", ".pem");
        Files.writeString(chain, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());
        return TestBroker.builder().tls(chain, key);
    }

    private static String at(String scheme, TestBroker broker) {
        return scheme + "://localhost:" + broker.port();
    }

    @Test
    void shows_protocol_cipher_and_chain() throws Exception {
        try (TestBroker broker = broker("localhost", 100).start()) {
            doctor(at("mqtts", broker) + " --cafile " + ca)
                    .ends(ExitCodes.OK)
                    .says(
                            "✓ tls         TLSv1.3 with TLS_",
                            "1. certificate of CN=broker for [localhost], issued by CN=Test Authority, valid from ",
                            "✓ echo        QoS 2");

            Examined json = doctor(at("mqtts", broker) + " --json --tls-version tlsv1.2 --cafile " + ca)
                    .ends(ExitCodes.OK);
            assertThat(json.field("protocol")).isEqualTo("TLSv1.2");
            assertThat(json.field("subject")).isEqualTo("CN=broker");
        }
    }

    @Test
    void the_guide_shows_what_it_says() throws Exception {
        X509Bundle issuer =
                certificate("CN=test CA", 300).setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle bundle = certificate("CN=localhost", 100)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(issuer);
        Path chain =
                Files.writeString(folder.resolve("guide.pem"), bundle.getCertificatePEM() + issuer.getCertificatePEM());
        Path key = Files.writeString(folder.resolve("guide.key"), bundle.getPrivateKeyPEM());

        try (TestBroker broker = TestBroker.builder().tls(chain, key).start()) {
            String output =
                    doctor(at("mqtts", broker)).ends(ExitCodes.UNREACHABLE).output();

            String shown =
                    Documents.block("docs/doctor.md", "godwit doctor", "text").text();
            assertThat(withoutFigures(output.replace(String.valueOf(broker.port()), "8883")))
                    .isEqualTo(withoutFigures(shown));
        }
    }

    /** Without times and dates; line ends do not count. */
    private static String withoutFigures(String text) {
        return text.replaceAll("\\s+", " ")
                .strip()
                .replaceAll("\\([\\d.]+ ms\\)", "(1 ms)")
                .replaceAll("valid from [^,]*? to [\\d-]+ [\\d:]+ UTC", "valid from ... to ...");
    }

    @Test
    void warns_of_a_certificate_that_soon_ends_and_of_one_that_is_not_checked() throws Exception {
        try (TestBroker broker = broker("localhost", 7).start()) {
            doctor(at("mqtts", broker) + " --cafile " + ca)
                    .ends(ExitCodes.OK)
                    .says("! tls         TLSv1.3", "the certificate of CN=broker ends in 7 days");

            doctor(at("mqtts", broker) + " --trust-any")
                    .ends(ExitCodes.OK)
                    .says("! tls         TLSv1.3", "the certificate was not checked, as asked for");
        }
    }

    @Test
    void an_authority_that_is_not_trusted() throws Exception {
        try (TestBroker broker = broker("localhost", 100).start()) {
            Examined examined = doctor(at("mqtts", broker))
                    .ends(ExitCodes.UNREACHABLE)
                    .says(
                            "✗ tls         TLS with localhost",
                            "comes from an authority that is not trusted",
                            "1. certificate of CN=broker for [localhost]",
                            "give its certificate: --cafile FILE",
                            "godwit help tls unknown-ca");
            assertThat(examined.output()).doesNotContain("ca(...)");
            assertThat(doctor(at("mqtts", broker) + " --json").field("check")).isEqualTo("unknown-ca");
        }
    }

    @Test
    void a_certificate_that_has_expired() throws Exception {
        try (TestBroker broker = broker("localhost", -3).start()) {
            doctor(at("mqtts", broker) + " --cafile " + ca)
                    .ends(ExitCodes.UNREACHABLE)
                    .says("the server's certificate has expired on ", "date -u", "godwit help tls expired");
        }
    }

    @Test
    void a_certificate_for_another_host() throws Exception {
        try (TestBroker broker = broker("other.example", 100).start()) {
            doctor(at("mqtts", broker) + " --cafile " + ca)
                    .ends(ExitCodes.UNREACHABLE)
                    .says(
                            "it is for [other.example], not for localhost",
                            "--tls-name NAME",
                            "godwit help tls wrong-host");

            doctor(at("mqtts", broker) + " --tls-name other.example --cafile " + ca)
                    .ends(ExitCodes.OK)
                    .says("the certificate has to be for other.example");
        }
    }

    @Test
    void a_client_certificate_that_is_wanted() throws Exception {
        try (TestBroker broker = broker("localhost", 100).clientCertificates(ca).start()) {
            doctor(at("mqtts", broker) + " --cafile " + ca)
                    .ends(ExitCodes.UNREACHABLE)
                    .says("✗ tls         ", "Failed at: tls", "--cert FILE --key FILE");
        }
    }

    @Test
    void plain_MQTT_at_a_TLS_port() throws Exception {
        try (TestBroker broker = broker("localhost", 100).start()) {
            doctor(at("mqtt", broker) + " --timeout 2s")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("✗ connect ", "this port speaks TLS: godwit doctor " + at("mqtts", broker));
        }
    }

    @Test
    void plain_WebSocket_at_a_TLS_port() throws Exception {
        try (TestBroker broker = broker("localhost", 100).webSocket("/mqtt").start()) {
            doctor(at("ws", broker) + "/mqtt --timeout 2s")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("✗ websocket ", "this port speaks TLS: godwit doctor " + at("wss", broker) + "/mqtt");
        }
    }

    @Test
    void TLS_at_a_plain_port() {
        try (TestBroker broker = TestBroker.start()) {
            doctor(at("mqtts", broker) + " --timeout 2s")
                    .ends(ExitCodes.UNREACHABLE)
                    .says("✗ tls ", "this may be a port without TLS: godwit doctor " + at("mqtt", broker));
        }
    }
}
