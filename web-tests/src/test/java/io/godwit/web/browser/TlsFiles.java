package io.godwit.web.browser;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;

/** An authority that no system knows, with certificates for a server at localhost and for a client; all in PEM. */
record TlsFiles(Path authority, Path serverCertificate, Path serverKey, Path clientCertificate, Path clientKey) {

    static TlsFiles issue(Path folder) throws Exception {
        X509Bundle authority =
                named("CN=Plant Authority").setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle server = named("CN=broker").addSanDnsName("localhost").buildIssuedBy(authority);
        X509Bundle client = named("CN=viewer").buildIssuedBy(authority);
        return new TlsFiles(
                write(folder, "ca.pem", authority.getCertificatePEM()),
                write(folder, "server.pem", server.getCertificatePathPEM()),
                write(folder, "server-key.pem", server.getPrivateKeyPEM()),
                write(folder, "client.pem", client.getCertificatePathPEM()),
                write(folder, "client-key.pem", client.getPrivateKeyPEM()));
    }

    private static CertificateBuilder named(String subject) {
        return new CertificateBuilder().ecp256().subject(subject);
    }

    private static Path write(Path folder, String name, String pem) throws Exception {
        return Files.writeString(folder.resolve(name), pem);
    }
}
