package io.godwit.mqtt.client.transport.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files beside this test were made by OpenSSL 3; every rsa-*.pem holds the same key, every ec-*.pem too. */
@DisplayName("Reading PEM")
class PemTest {

    private static byte[] file(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PemTest.class.getResourceAsStream("pem/" + name), name)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rsa-pkcs1.pem",
                "rsa-pkcs1-aes256.pem",
                "rsa-pkcs1-des3.pem",
                "rsa-pkcs8-aes256.pem",
                "rsa-pkcs8-aes128-sha1.pem"
            })
    void reads_rsa_keys_of_every_form(String name) throws Exception {
        PrivateKey expected = Pem.privateKey(file("rsa-pkcs8.pem"), null);

        assertThat(Pem.privateKey(file(name), "secret")).isEqualTo(expected);
        assertThat(expected.getAlgorithm()).isEqualTo("RSA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec-sec1.pem", "ec-sec1-with-parameters.pem", "ec-sec1-aes128.pem"})
    void reads_ec_keys_of_every_form(String name) throws Exception {
        PrivateKey expected = Pem.privateKey(file("ec-pkcs8.pem"), null);

        assertThat(((ECPrivateKey) Pem.privateKey(file(name), "secret")).getS())
                .isEqualTo(((ECPrivateKey) expected).getS());
    }

    @Test
    @DisplayName("OpenSSL derives the key from the password in UTF-8")
    void reads_keys_with_a_password_beyond_ascii() throws Exception {
        PrivateKey expected = Pem.privateKey(file("rsa-pkcs8.pem"), null);

        assertThat(Pem.privateKey(file("rsa-pkcs8-aes256-umlauts.pem"), "p\u00e4ssw\u00f6rd\u20ac"))
                .isEqualTo(expected);
        assertThatThrownBy(() -> Pem.privateKey(file("rsa-pkcs8-aes256-umlauts.pem"), "p\u00e4sswort"))
                .hasMessageContaining("password doesn't decrypt")
                .hasMessageNotContaining("sswort");
    }

    @Test
    void reads_ed25519() throws Exception {
        assertThat(Pem.privateKey(file("ed25519.pem"), null).getAlgorithm()).isIn("EdDSA", "Ed25519");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-pkcs1-aes256.pem", "rsa-pkcs8-aes256.pem", "ec-sec1-aes128.pem"})
    void says_that_a_password_is_missing_or_wrong(String name) throws Exception {
        byte[] pem = file(name);

        assertThatThrownBy(() -> Pem.privateKey(pem, null)).hasMessageContaining("keyPassword");
        assertThatThrownBy(() -> Pem.privateKey(pem, "wrong-one"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("password doesn't decrypt")
                .hasMessageNotContaining("wrong-one");
    }

    @Test
    void says_how_to_convert_what_the_jdk_does_not_know() throws Exception {
        byte[] pem = file("rsa-pkcs8-scrypt.pem");

        assertThatThrownBy(() -> Pem.privateKey(pem, "secret"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("openssl pkcs8 -topk8");
    }

    @Test
    void reads_certificates_among_other_text() throws Exception {
        assertThat(Pem.certificates(file("certificate.pem")))
                .singleElement()
                .satisfies(each ->
                        assertThat(each.getSubjectX500Principal().getName()).isEqualTo("CN=pem"));
    }

    @Test
    void says_what_it_found_instead() throws Exception {
        byte[] certificate = file("certificate.pem");
        byte[] key = file("rsa-pkcs8.pem");

        assertThatThrownBy(() -> Pem.privateKey(certificate, null)).hasMessageContaining("but CERTIFICATE");
        assertThatThrownBy(() -> Pem.certificates(key)).hasMessageContaining("but PRIVATE KEY");
        assertThatThrownBy(() -> Pem.certificates("hello".getBytes(UTF_8))).hasMessageContaining("no other PEM block");
    }

    @Test
    void damaged_keys_are_errors_not_crashes() throws Exception {
        for (String name :
                new String[] {"ec-sec1.pem", "rsa-pkcs1.pem", "rsa-pkcs1-des3.pem", "rsa-pkcs8-aes256.pem"}) {
            String text = new String(file(name), UTF_8);
            for (int cut = 40; cut < text.length() - 40; cut += 61) {
                int end = text.indexOf("-----END");
                String damaged = text.substring(0, Math.min(cut, end)) + "\n" + text.substring(end);
                assertThatThrownBy(() -> Pem.privateKey(damaged.getBytes(UTF_8), "secret"))
                        .as(name + " cut at " + cut)
                        .isInstanceOfAny(IOException.class, GeneralSecurityException.class);
                if (cut > end) {
                    break;
                }
            }
        }
    }
}
