package io.godwit.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.web.page.Workspace;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on an address that others can reach: TLS and a password. */
class LoginTest {
    @TempDir
    Path folder;

    private final Workspace workspace = TestPage.workspace(16 << 20, false);
    private WebServer server;
    private HttpClient client;
    private String origin;

    @BeforeEach
    void start() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path certificate = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        server = WebServer.start(new WebSettings("0.0.0.0", 0, certificate, key, "correct horse"), workspace);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("page", bundle.getCertificate());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        client = HttpClient.newBuilder().sslContext(context).build();
        origin = "https://localhost:" + server.port();
    }

    @AfterEach
    void close() {
        server.close();
        workspace.close();
    }

    @Test
    void the_password_opens_the_page() throws Exception {
        HttpResponse<String> form = get("");
        HttpResponse<String> wrong = login("wrong horse", origin);
        HttpResponse<String> right = login("correct horse", origin);

        assertThat(form.statusCode()).isEqualTo(401);
        assertThat(form.body()).contains("type=\"password\"");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.headers().firstValue("Set-Cookie")).isEmpty();
        String cookie = right.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).startsWith("__Host-godwit-").contains("; Secure", "HttpOnly", "SameSite=Strict");
        assertThat(get(cookie.substring(0, cookie.indexOf(';'))).statusCode()).isNotEqualTo(401);
    }

    @Test
    void a_foreign_page_cannot_log_in() throws Exception {
        assertThat(login("correct horse", "https://evil.example").statusCode()).isEqualTo(403);
    }

    @Test
    void the_printed_address_has_no_token() {
        assertThat(server.link()).isEqualTo("https://0.0.0.0:" + server.port() + "/");
    }

    private HttpResponse<String> get(String cookie) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(origin + "/"))
                        .header("Cookie", cookie)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> login(String password, String from) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(origin + "/login"))
                        .header("Origin", from)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("password=" + password.replace(" ", "+")))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
