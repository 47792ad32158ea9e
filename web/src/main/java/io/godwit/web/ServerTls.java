package io.godwit.web;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server's certificate: how to speak TLS with it, and the names it is for.
 *
 * @param names in lower case
 */
record ServerTls(SslContext context, Set<String> names) {
    private static final int DNS_NAME = 2;

    /**
     * TLS as the settings say, or null.
     *
     * @throws IllegalStateException if a file cannot be used
     */
    static @Nullable ServerTls of(WebSettings settings) {
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate == null || key == null) {
            return null;
        }
        try (InputStream in = Files.newInputStream(certificate)) {
            SslContext context = SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
            X509Certificate first =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            Set<String> names = new HashSet<>();
            names.add(settings.host().toLowerCase(Locale.ROOT));
            Collection<List<?>> alternatives = first.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.stream()
                        .filter(each -> Integer.valueOf(DNS_NAME).equals(each.get(0)))
                        .forEach(each -> names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT)));
            }
            return new ServerTls(context, names);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "cannot use the TLS files " + certificate + " and " + key + ": " + e.getMessage(), e);
        }
    }
}
